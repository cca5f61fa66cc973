using System.Numerics;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Every place of a grid once: all values of a choice, and evenly spaced ones of a range, both ends included. The space's default comes
/// first; the others follow in an order that the seed shuffles, so that a sweep cut short has still seen all options vary.
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
    /// <param name="space">Where to search.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="steps">Places of a range.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 2.</exception>
    public GridSearchTuner(SearchSpace space, long seed, int steps = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        _space = space;
        _steps = steps;
        _count = space.Dimensions.Aggregate(BigInteger.One, (product, d) => product * d.GridCount(steps));
        // Steps of a length that shares no factor with the count meet every place once.
        var random = new RandomStream(seed, 0x4752);
        _first = random.NextUInt64() % _count;
        _stride = 1 + random.NextUInt64() % _count;
        while (BigInteger.GreatestCommonDivisor(_stride, _count) != 1) _stride++;
        _ahead = space.Default;
    }

    /// <summary>Places of the grid; where conditions make places alike, fewer settings come of them.</summary>
    public double GridSize => (double)_count;

    /// <inheritdoc/>
    public bool IsExhausted => _ahead is null;

    /// <inheritdoc/>
    public Parameter Propose(TrialSettings settings)
    {
        var proposal = _ahead ?? throw new InvalidOperationException("Every place of the grid has been proposed.");
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
