namespace Fer.Pipeline.Training;

/// <summary>What early stopping watches, on the validation set where there is one and in training otherwise.</summary>
public enum EarlyStoppingMetric
{
    /// <summary>Share of right answers.</summary>
    Accuracy,
    /// <summary>Mean cross-entropy.</summary>
    Loss,
}

/// <summary>When to stop for want of progress, under ML.NET's names. The trainer restores the best epoch's weights whether it stops early or not.</summary>
public sealed record EarlyStopping
{
    private readonly double _minDelta;
    private readonly int _patience = 20;
    private readonly bool? _checkIncreasing;

    /// <summary>The metric watched.</summary>
    public EarlyStoppingMetric Metric { get; init; } = EarlyStoppingMetric.Accuracy;

    /// <summary>How far past the best a metric must lie to count as better, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public double MinDelta { get => _minDelta; init => _minDelta = value >= 0 ? value : throw new FerUsageException($"The least improvement is at least 0, not {value}."); }

    /// <summary>Epochs in a row without improvement before the run stops, at least 1.</summary>
    /// <exception cref="FerUsageException">The value is below 1.</exception>
    public int Patience { get => _patience; init => _patience = value >= 1 ? value : throw new FerUsageException($"Patience is at least 1 epoch, not {value}."); }

    /// <summary>True where a greater metric is better: true for accuracy and false for loss unless set.</summary>
    public bool CheckIncreasing { get => _checkIncreasing ?? Metric == EarlyStoppingMetric.Accuracy; init => _checkIncreasing = value; }
}

/// <summary>Early stopping at work in one run.</summary>
public sealed class EarlyStoppingMonitor(EarlyStopping criteria)
{
    private double _best = criteria.CheckIncreasing ? double.NegativeInfinity : double.PositiveInfinity;
    private int _waited;

    /// <summary>The epoch whose metric was best so far, from 1; 0 before any.</summary>
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

    /// <summary>Takes an epoch's metrics and says whether the run should stop; a metric that is not a number counts as no progress.</summary>
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
