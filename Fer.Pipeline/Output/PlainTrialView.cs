using Fer.Pipeline.AutoML;
using Fer.Pipeline.Runs;

namespace Fer.Output;

/// <summary>One line an epoch and a trial, without control codes: for build logs, files and pipes.</summary>
internal sealed class PlainTrialView(TextWriter writer, TimeProvider time) : ITrialView
{
    private readonly Lock _lock = new();
    private long _end = long.MaxValue;
    private double _best = double.NaN;

    public Task<T> ShowAsync<T>(Func<Task<T>> work) => work();

    public void Note(string line) => Write(line);

    public void SetEnd(TimeSpan left) => _end = time.GetTimestamp() + (long)(left.TotalSeconds * time.TimestampFrequency);

    public void ReportRunningTrial(TrialSettings setting)
    {
        string limit = setting.TimeLimit == Timeout.InfiniteTimeSpan ? "" : $" for up to {TrialText.Duration(setting.TimeLimit)}";
        Write($"{TrialText.Title(setting)}{limit}: {setting.Parameter}");
    }

    public void ReportRestoredTrial(RestoredTrial trial)
    {
        if (trial.Result is { TrialSettings.Phase: not TrialPhase.Baseline } result)
            _best = double.IsNaN(_best) ? result.Metric : Math.Max(_best, result.Metric);
        Write($"{TrialText.Title(trial.Settings)}, from before the stop: " +
            $"{(trial.Result is { } r ? $"validation accuracy {TrialText.Figure(r.Metric)}" : trial.Error ?? "failed")}");
    }

    public void ReportProgress(TrialProgress progress)
    {
        // A log is read afterwards: what happens within an epoch is no news then.
        if (!progress.IsEpochEnd) return;
        Write($"  epoch {TrialText.Epochs(progress.Epoch)}/{TrialText.Epochs(progress.Epochs)}"
            + $"  loss {TrialText.Figure(progress.Loss)}  accuracy {TrialText.Figure(progress.Accuracy)}"
            + $"  validation loss {TrialText.Figure(progress.ValidationLoss)}  accuracy {TrialText.Figure(progress.ValidationAccuracy)}"
            + $"  {TrialText.Rate(progress.ImagesPerSecond)} " +
            $"images/s{(double.IsFinite(_best) ? $"  best so far {TrialText.Figure(_best)}" : "")}{Left()}");
    }

    public void ReportCompletedTrial(TrialResult result) =>
        Write($"  {TrialText.Title(result.TrialSettings)} done: validation accuracy {TrialText.Figure(result.Metric)}, loss " +
            $"{TrialText.Figure(result.LogLoss)}, "
            + $"{TrialText.Epochs(result.Epochs)} epoch{(result.Epochs == 1 ? "" : "s")} in {TrialText.Duration(result.Duration)}");

    public void ReportBestTrial(TrialResult result)
    {
        _best = result.Metric;
        Write("  Best so far.");
    }

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) =>
        Write($"  {TrialText.Title(settings)} " +
            (exception is TrialSkippedException ? "skipped" : $"failed: {TrialReportCollector.Reason(exception)}"));

    private string Left() => _end == long.MaxValue ? "" : $"  {TrialText.Duration(time.GetElapsedTime(time.GetTimestamp(), _end))} left";

    private void Write(string line)
    {
        lock (_lock)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }
}
