namespace Fer.Pipeline.AutoML;

/// <summary>Watches an experiment. Calls come one at a time.</summary>
public interface IMonitor
{
    /// <summary>A trial starts.</summary>
    void ReportRunningTrial(TrialSettings settings);

    /// <summary>A trial has a result.</summary>
    void ReportCompletedTrial(TrialResult result);

    /// <summary>The trial just completed is the best so far.</summary>
    void ReportBestTrial(TrialResult result);

    /// <summary>A trial threw, diverged or overran its time.</summary>
    void ReportFailTrial(TrialSettings settings, Exception exception);

    /// <summary>The experiment goes on after a stop, and a trial that had ended before is known again.</summary>
    void ReportRestoredTrial(RestoredTrial trial) { }

    /// <summary>A running trial has trained a part; a runner calls it on its own thread.</summary>
    void ReportProgress(TrialProgress progress) { }
}

/// <summary>How far a running trial is.</summary>
/// <param name="TrialId">The trial.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Epochs">Epochs planned.</param>
/// <param name="Loss">Training loss of the last epoch; NaN before the first.</param>
/// <param name="Accuracy">Training accuracy of the last epoch; NaN where unknown.</param>
/// <param name="ValidationLoss">Loss on the validation split; NaN where not measured.</param>
/// <param name="ValidationAccuracy">Accuracy on the validation split; NaN where not measured.</param>
/// <param name="ImagesPerSecond">Training speed; NaN where unknown.</param>
/// <param name="IsEpochEnd">True where an epoch has just ended and the figures are its own; false between, where they are those of the last.</param>
public sealed record TrialProgress(
    int TrialId, double Epoch, double Epochs, double Loss, double Accuracy, double ValidationLoss, double ValidationAccuracy, double ImagesPerSecond,
    bool IsEpochEnd);
