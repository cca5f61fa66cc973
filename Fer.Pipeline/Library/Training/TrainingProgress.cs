namespace Fer.Pipeline.Training;

/// <summary>Where a run stands after a batch: for bars and estimates.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">Steps done.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="TotalSteps">Steps that the run is expected to have.</param>
/// <param name="Loss">Loss of the batch.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="Elapsed">Time since the run began.</param>
/// <param name="Remaining">Time the run is expected to take yet.</param>
public readonly record struct TrainingProgress(
    int Epoch, long Step, long StepsPerEpoch, long TotalSteps, double Loss, double LearningRate, TimeSpan Elapsed, TimeSpan Remaining)
{
    /// <summary>Mean loss of the epoch's steps so far.</summary>
    public double EpochLoss { get; init; }

    /// <summary>Training speed of the epoch's steps so far.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>Share of the steps done, 0 … 1.</summary>
    public double Fraction => (double)Step / TotalSteps;
}
