using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>Turns a trainer's callbacks into a monitor's progress.</summary>
internal sealed class TrialProgressReporter(int trialId, IMonitor monitor)
{
    private TrainingMetrics? _last;
    private double _epochs;

    /// <summary>Epochs trained, the running one in part.</summary>
    internal double EpochsDone { get; private set; }

    internal void Batch(TrainingProgress progress)
    {
        EpochsDone = (double)progress.Step / progress.StepsPerEpoch;
        _epochs = (double)progress.TotalSteps / progress.StepsPerEpoch;
        Report(isEpochEnd: false, progress.EpochLoss, progress.ImagesPerSecond);
    }

    internal void Epoch(ImageClassificationMetrics metrics)
    {
        if (metrics.Train is null) return;
        _last = metrics.Train;
        Report(isEpochEnd: true, _last.TrainingLoss, _last.ImagesPerSecond);
    }

    private void Report(bool isEpochEnd, double loss, double speed) => monitor.ReportProgress(new TrialProgress(
        trialId, EpochsDone, Math.Max(_epochs, EpochsDone), loss, _last?.TrainingAccuracy ?? double.NaN,
        _last?.ValidationLoss ?? double.NaN, _last?.ValidationAccuracy ?? double.NaN, speed, isEpochEnd));
}
