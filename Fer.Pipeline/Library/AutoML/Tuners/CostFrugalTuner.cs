namespace Fer.Pipeline.AutoML;

/// <summary>
/// Cost-frugal optimisation (CFO) by randomised direct search (FLOW2; Wu, Wang and Huang, arXiv 2005.01571), as in FLAML. From the space's
/// default, which should be cheap, it takes a step of fixed length in a random direction, then in the opposite one, and moves to whichever
/// improves. The step shrinks after enough steps without improvement, and once it is small the search restarts from a random point. Of
/// equal results the faster one is better, so the search never moves to a higher cost without a gain.
/// </summary>
public sealed class CostFrugalTuner : ITuner
{
    /// <summary>Minimum step size: FLAML's lower bound, on the unit interval.</summary>
    private const double LeastStep = 0.01;

    private readonly SearchSpace _space;
    private readonly long _seed;
    private double[] _incumbent = [];
    private double[]? _opposite;
    private double _step;
    private TrialResult? _best, _pending;
    private int _id = -1, _restarts, _failures, _sinceBest, _sinceStart;
    private double[] _proposed = [];
    private bool _waits;

    /// <summary>Creates the tuner.</summary>
    public CostFrugalTuner(SearchSpace space, long seed)
    {
        _space = space;
        _seed = seed;
    }

    /// <inheritdoc/>
    public Parameter Propose(TrialSettings settings)
    {
        Learn();
        _id = settings.TrialId;
        var random = new RandomStream(_seed, 0x4346, settings.TrialId);
        if (_step < LeastStep) Restart(ref random);
        else if (_opposite is { } opposite)
        {
            _proposed = opposite;
            _opposite = null;
        }
        else
        {
            double[] direction = Direction(ref random);
            _proposed = [.. _incumbent.Zip(direction, (x, d) => Reflect(x + d))];
            _opposite = [.. _incumbent.Zip(direction, (x, d) => Reflect(x - d))];
        }
        _waits = true;
        // Mapping the default to the unit cube and back would change its last bits.
        return _restarts == 1 && _sinceStart == 0 && _best is null ? _space.Default : _space.SampleFromFeatureSpace(_proposed);
    }

    /// <inheritdoc/>
    // Only the numbers are kept: a runner's own result type may hold a whole model.
    public void Update(TrialResult result)
    {
        if (result.TrialSettings.TrialId == _id)
            _pending = new TrialResult
            {
                TrialSettings = result.TrialSettings,
                Metric = result.Metric,
                Loss = result.Loss,
                DurationInMilliseconds = result.DurationInMilliseconds,
            };
    }

    /// <summary>Processes the result of the last proposal; a proposal without a result has failed.</summary>
    private void Learn()
    {
        if (!_waits) return;
        _waits = false;
        _sinceStart++;
        if (_pending is { } result && IsBetter(result, _best))
        {
            _best = result;
            _incumbent = _proposed;
            _opposite = null;
            _failures = 0;
            _sinceBest = _sinceStart;
        }
        else if (++_failures >= 1 << Math.Min(_space.FeatureSpaceDim - 1, 10))
        {
            // FLOW2 shrinks the step by the square root of the ratio of the trials that the last two improvements took.
            _step *= Math.Sqrt((double)Math.Max(1, _sinceBest) / _sinceStart);
            _failures = 0;
        }
        _pending = null;
    }

    private void Restart(ref RandomStream random)
    {
        int dimensions = _space.FeatureSpaceDim;
        _incumbent = _restarts++ == 0 ? _space.MappingToFeatureSpace(_space.Default) : new double[dimensions];
        if (_restarts > 1)
            foreach (ref double unit in _incumbent.AsSpan()) unit = random.NextDouble();
        _proposed = _incumbent;
        _opposite = null;
        _best = null;
        _step = 0.1 * Math.Sqrt(dimensions);
        _failures = _sinceBest = _sinceStart = 0;
    }

    /// <summary>A random direction of the step's length. Unordered options move to a neighbour or stay.</summary>
    private double[] Direction(ref RandomStream random)
    {
        var direction = new double[_space.FeatureSpaceDim];
        double norm = 0;
        foreach (ref double d in direction.AsSpan())
        {
            d = random.NextGaussian();
            norm += d * d;
        }
        norm = Math.Sqrt(norm);
        for (int i = 0; i < direction.Length; i++)
        {
            double length = direction[i] / norm * _step;
            direction[i] = _space.Dimensions[i].IsOrdered ? length : Jump(_space.Dimensions[i], length);
        }
        return direction;
    }

    private static double Jump(SearchDimension dimension, double length)
    {
        double place = 1.0 / dimension.GridCount(1);
        // Half a grid step is where rounding would move an ordered option.
        return Math.Abs(length) < place / 2 && Math.Abs(length) < 0.1 ? 0 : Math.Sign(length) * place;
    }

    private static bool IsBetter(TrialResult result, TrialResult? best) =>
        best is null || result.Loss < best.Loss
            || (result.Loss == best.Loss && result.DurationInMilliseconds < best.DurationInMilliseconds);

    /// <summary>Reflects steps that leave the unit interval, so that values do not pile up at its ends.</summary>
    private static double Reflect(double unit)
    {
        unit = Math.Abs(unit) % 2;
        return unit > 1 ? 2 - unit : unit;
    }
}
