using System.Numerics;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Grid search: every combination once, with all values of a choice and evenly spaced values of a range, both ends included. The space's
/// default comes first; the others follow in a seeded random order, so that a sweep that is cut short has still varied all options.
/// </summary>
public sealed class GridSearchTuner : ITuner
{
    private readonly SearchSpace _space;
    private readonly int _steps;
    private readonly BigInteger _count, _stride, _first;
    private readonly HashSet<Parameter> _proposed = [];
    private BigInteger _next;
    private Parameter? _ahead;

    /// <summary>Creates the tuner.</summary>
    /// <param name="space">The search space.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="steps">Grid points per range.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 2.</exception>
    public GridSearchTuner(SearchSpace space, long seed, int steps = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        _space = space;
        _steps = steps;
        _count = space.Dimensions.Aggregate(BigInteger.One, (product, d) => product * d.GridCount(steps));
        // A stride that is coprime to the count visits every grid point once.
        var random = new RandomStream(seed, 0x4752);
        _first = random.NextUInt64() % _count;
        _stride = 1 + random.NextUInt64() % _count;
        while (BigInteger.GreatestCommonDivisor(_stride, _count) != 1) _stride++;
        _ahead = space.Default;
    }

    /// <summary>Number of grid points; where conditions make some of them equal, fewer settings are proposed.</summary>
    public double GridSize => (double)_count;

    /// <inheritdoc/>
    public bool IsExhausted => _ahead is null;

    /// <inheritdoc/>
    public Parameter Propose(TrialSettings settings)
    {
        var proposal = _ahead ?? throw new InvalidOperationException("Every point of the grid has been proposed.");
        _proposed.Add(proposal);
        _ahead = null;
        while (_ahead is null && _next < _count)
        {
            var setting = At((_first + _next++ * _stride) % _count);
            if (!_proposed.Contains(setting)) _ahead = setting;
        }
        return proposal;
    }

    /// <inheritdoc/>
    public void Update(TrialResult result) { }

    private Parameter At(BigInteger number)
    {
        var place = new double[_space.FeatureSpaceDim];
        for (int i = 0; i < place.Length; i++)
        {
            var dimension = _space.Dimensions[i];
            int count = dimension.GridCount(_steps);
            place[i] = dimension.GridUnit((int)(number % count), _steps);
            number /= count;
        }
        return _space.SampleFromFeatureSpace(place);
    }
}
