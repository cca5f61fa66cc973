namespace Fer.Pipeline.AutoML;

/// <summary>Several monitors as one, called in order.</summary>
internal sealed class MonitorGroup(params IReadOnlyList<IMonitor> monitors) : IMonitor
{
    public void ReportRunningTrial(TrialSettings setting) { foreach (var m in monitors) m.ReportRunningTrial(setting); }

    public void ReportCompletedTrial(TrialResult result) { foreach (var m in monitors) m.ReportCompletedTrial(result); }

    public void ReportBestTrial(TrialResult result) { foreach (var m in monitors) m.ReportBestTrial(result); }

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null)
    {
        foreach (var m in monitors) m.ReportFailTrial(settings, exception);
    }

    public void ReportRestoredTrial(RestoredTrial trial) { foreach (var m in monitors) m.ReportRestoredTrial(trial); }

    public void ReportProgress(TrialProgress progress) { foreach (var m in monitors) m.ReportProgress(progress); }
}
