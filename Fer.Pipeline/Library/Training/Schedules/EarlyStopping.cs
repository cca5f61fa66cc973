namespace Fer.Pipeline.Training;

/// <summary>The metric that early stopping monitors, on the validation set if there is one, otherwise in training.</summary>
public enum EarlyStoppingMetric
{
    /// <summary>Accuracy.</summary>
    Accuracy,
    /// <summary>Mean cross-entropy loss.</summary>
    Loss,
}

/// <summary>
/// When to stop for lack of progress, under ML.NET's names. The trainer restores the best epoch's weights whether it stops early or not.
/// </summary>
public sealed record EarlyStopping
{
    private readonly double _minDelta;
    private readonly int _patience = 20;
    private readonly bool? _checkIncreasing;

    /// <summary>The monitored metric.</summary>
    public EarlyStoppingMetric Metric { get; init; } = EarlyStoppingMetric.Accuracy;

    /// <summary>Minimum change of the metric that counts as an improvement, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public double MinDelta
    {
        get => _minDelta;
        init => _minDelta = value >= 0 ? value : throw new FerUsageException($"The minimum improvement must be at least 0, not {value}.");
    }

    /// <summary>Consecutive epochs without improvement before the run stops, at least 1.</summary>
    /// <exception cref="FerUsageException">The value is below 1.</exception>
    public int Patience
    {
        get => _patience;
        init => _patience = value >= 1 ? value : throw new FerUsageException($"Patience must be at least 1 epoch, not {value}.");
    }

    /// <summary>True if a higher metric is better; by default true for accuracy and false for loss.</summary>
    public bool CheckIncreasing { get => _checkIncreasing ?? Metric == EarlyStoppingMetric.Accuracy; init => _checkIncreasing = value; }
}

/// <summary>The state of early stopping in one run.</summary>
internal sealed class EarlyStoppingMonitor(EarlyStopping criteria)
{
    private double _best = criteria.CheckIncreasing ? double.NegativeInfinity : double.PositiveInfinity;
    private int _waited;

    /// <summary>The epoch with the best metric so far, from 1; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_best);
        writer.Write(_waited);
        writer.Write(BestEpoch);
    }

    internal void Restore(BinaryReader reader)
    {
        _best = reader.ReadDouble();
        _waited = reader.ReadInt32();
        BestEpoch = reader.ReadInt32();
    }

    /// <summary>Records an epoch's metrics and returns whether the run should stop; NaN counts as no improvement.</summary>
    public bool ShouldStop(int epoch, double accuracy, double loss)
    {
        double metric = criteria.Metric == EarlyStoppingMetric.Accuracy ? accuracy : loss;
        bool better = criteria.CheckIncreasing ? metric > _best + criteria.MinDelta : metric < _best - criteria.MinDelta;
        if (!better) return ++_waited >= criteria.Patience;
        _best = metric;
        _waited = 0;
        BestEpoch = epoch;
        return false;
    }
}
