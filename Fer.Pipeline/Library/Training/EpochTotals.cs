namespace Fer.Pipeline.Training;

/// <summary>Sums over the batches of one epoch.</summary>
internal sealed class EpochTotals
{
    private readonly TimeProvider _clock;
    private double _loss, _rate, _secondsBefore;
    private long _right, _start;

    internal EpochTotals(TimeProvider clock)
    {
        _clock = clock;
        Begin();
    }

    /// <summary>Seconds since the epoch began, those of a stopped run included.</summary>
    internal double Seconds => _secondsBefore + _clock.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Seconds spent in forward, loss, backward and step.</summary>
    internal double EngineSeconds { get; set; }

    /// <summary>Seconds spent waiting for faces.</summary>
    internal double WaitedSeconds { get; set; }

    /// <summary>Faces so far.</summary>
    internal long Count { get; private set; }

    /// <summary>Mean loss so far.</summary>
    internal double Loss => _loss / Count;

    internal void Begin()
    {
        EngineSeconds = WaitedSeconds = _loss = _secondsBefore = 0;
        _right = Count = 0;
        _start = _clock.GetTimestamp();
    }

    internal void Add(float loss, int right, int count, double learningRate)
    {
        _loss += (double)loss * count;
        _right += right;
        Count += count;
        _rate = learningRate;
    }

    internal TrainingMetrics Metrics(int epoch, long steps, double trainingSeconds) => new()
    {
        Epoch = epoch,
        Steps = steps,
        LearningRate = _rate,
        TrainingLoss = Loss,
        TrainingAccuracy = (double)_right / Count,
        Seconds = Seconds,
        ImagesPerSecond = Count / trainingSeconds,
        LoaderWaitShare = Math.Clamp(WaitedSeconds / trainingSeconds, 0, 1),
        EngineShare = EngineSeconds / trainingSeconds,
    };

    internal void Save(BinaryWriter writer)
    {
        foreach (double number in (double[])[_loss, _rate, Seconds, EngineSeconds, WaitedSeconds]) writer.Write(number);
        writer.Write(_right);
        writer.Write(Count);
    }

    internal void Restore(BinaryReader reader)
    {
        (_loss, _rate, _secondsBefore, EngineSeconds, WaitedSeconds) =
            (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        (_right, Count) = (reader.ReadInt64(), reader.ReadInt64());
        _start = _clock.GetTimestamp();
    }
}
