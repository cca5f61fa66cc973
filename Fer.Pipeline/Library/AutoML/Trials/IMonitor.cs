namespace Fer.Pipeline.AutoML;

/// <summary>Watches an experiment. Calls come one at a time, but for those of <see cref="ReportProgress"/>.</summary>
public interface IMonitor
{
    /// <summary>A trial has a result.</summary>
    void ReportCompletedTrial(TrialResult result);

    /// <summary>The trial just completed is the best so far.</summary>
    void ReportBestTrial(TrialResult result);

    /// <summary>A trial threw, diverged or overran its time.</summary>
    void ReportFailTrial(TrialSettings settings, Exception? exception = null);

    /// <summary>A trial starts.</summary>
    void ReportRunningTrial(TrialSettings setting);

    /// <summary>The experiment was resumed, and a trial that had ended before is known again.</summary>
    void ReportRestoredTrial(RestoredTrial trial) { }

    /// <summary>
    /// A running trial has trained a part; a runner calls it on its own thread, and one that was left behind may call it still.
    /// </summary>
    void ReportProgress(TrialProgress progress) { }
}
