namespace Fer.Pipeline.Training;

/// <summary>Sums over the batches of one epoch.</summary>
internal sealed class EpochTotals
{
    private readonly TimeProvider _clock;
    private readonly BatchLoader _loader;
    private double _loss;
    private long _right, _count, _start;
    private TimeSpan _waited;

    internal EpochTotals(TimeProvider clock, BatchLoader loader)
    {
        _clock = clock;
        _loader = loader;
        Begin();
    }

    /// <summary>Seconds since the epoch began.</summary>
    internal double Seconds => _clock.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Seconds spent in forward, loss, backward and step.</summary>
    internal double EngineSeconds { get; set; }

    internal void Begin()
    {
        EngineSeconds = 0;
        _loss = 0;
        _right = _count = 0;
        _start = _clock.GetTimestamp();
        _waited = _loader.Waited;
    }

    internal void Add(float loss, int right, int count)
    {
        _loss += (double)loss * count;
        _right += right;
        _count += count;
    }

    internal TrainingMetrics Metrics(int epoch, long steps, double learningRate, double trainingSeconds) => new()
    {
        Epoch = epoch,
        Steps = steps,
        LearningRate = learningRate,
        TrainingLoss = _loss / _count,
        TrainingAccuracy = (double)_right / _count,
        Seconds = Seconds,
        ImagesPerSecond = _count / trainingSeconds,
        LoaderWaitShare = (_loader.Waited - _waited).TotalSeconds / trainingSeconds,
        EngineShare = EngineSeconds / trainingSeconds,
    };
}
