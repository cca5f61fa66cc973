using Fer.Pipeline.AutoML;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Runs;
using Spectre.Console;

namespace Fer.Output;

/// <summary>
/// The trials of an experiment while they run: bars for the time and the running trial, and a table below that keeps its height.
/// </summary>
internal sealed class LiveTrialView(IAnsiConsole console, TimeProvider time, string subject = "experiment") : ITrialView
{
    private const int BarWidth = 24, MostRows = 12;

    /// <summary>The two bars, the figures, the keys, the table's header and the line for a failure.</summary>
    private const int FixedLines = 6;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly LiveFrame _frame = new(console);
    private readonly List<TrialRow> _rows = [];
    private readonly List<string> _notes = [];
    private readonly List<double> _curve = [];
    private readonly long _begun = time.GetTimestamp();
    private TrialProgress? _progress;
    private TrialSettings? _default;
    private string? _failure;
    private int _best = -1, _running = -1;
    private long? _end, _start;
    private double _used, _done;
    private string _hint = "Ctrl+C saves the best so far.";

    public async Task<T> ShowAsync<T>(Func<Task<T>> work)
    {
        Draw();
        using var stop = new CancellationTokenSource();
        var refresh = RefreshAsync(stop.Token);
        string ending = "Failed";
        try
        {
            var result = await work().ConfigureAwait(false);
            ending = "Done";
            return result;
        }
        catch (OperationCanceledException)
        {
            ending = "Stopped";
            throw;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await refresh.ConfigureAwait(false);
            End(ending);
        }
    }

    public void Note(string line)
    {
        lock (_lock) _notes.Add(line);
    }

    public void SetEnd(TimeSpan left)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            _start ??= now;
            _end = now + (long)(left.TotalSeconds * time.TimestampFrequency);
        }
    }

    /// <summary>What the keys do.</summary>
    internal void SetHint(string hint) => _hint = hint;

    public void ReportRestoredTrial(RestoredTrial trial)
    {
        lock (_lock)
        {
            var row = Add(trial.Settings);
            row.Result = trial.Result;
            if (trial.Result is null) row.Failure = trial.Error ?? "failed";
            if (row.Result is { TrialSettings.Phase: not TrialPhase.Baseline } result && !_rows.Exists(r => r != row
                && r.Settings.Phase != TrialPhase.Baseline && r.Result?.Metric >= result.Metric))
                _best = trial.Settings.TrialId;
        }
    }

    public void ReportRunningTrial(TrialSettings setting)
    {
        lock (_lock)
        {
            _running = setting.TrialId;
            (_progress, _done) = (null, 0);
            _curve.Clear();
            Add(setting);
        }
    }

    public void ReportProgress(TrialProgress progress)
    {
        lock (_lock)
        {
            // A trial that was overdue and did not stop may still be training.
            if (progress.TrialId != _running) return;
            _progress = progress;
            // A plan that finds more time for a trial would take its bar back.
            if (progress.Epochs > 0) _done = Math.Max(_done, Math.Clamp(progress.Epoch / progress.Epochs, 0, 1));
            if (progress.IsEpochEnd) _curve.Add(progress.ValidationAccuracy);
        }
    }

    public void ReportCompletedTrial(TrialResult result) => Finish(result.TrialSettings.TrialId, row => row.Result = result);

    public void ReportBestTrial(TrialResult result)
    {
        lock (_lock) _best = result.TrialSettings.TrialId;
    }

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Finish(settings.TrialId, row =>
    {
        row.Failure = TrialReportCollector.Reason(exception);
        row.IsSkipped = exception is TrialSkippedException;
        if (!row.IsSkipped) _failure = $"{TrialText.Title(settings)} failed: {row.Failure}";
    });

    /// <summary>Draws what there is now.</summary>
    internal void Draw()
    {
        lock (_lock)
        {
            _frame.Draw(Lines(), [.. _notes]);
            _notes.Clear();
        }
    }

    /// <summary>Draws for the last time: all trials, and what became of them.</summary>
    /// <param name="how">Done, stopped or failed.</param>
    internal void End(string how)
    {
        lock (_lock)
        {
            var lines = new List<FrameLine>();
            if (_rows.Count > 0) lines.AddRange(TrialTable.Lines(_rows, _best, _default, time));
            foreach (var row in _rows.Where(r => r is { Failure: not null, IsSkipped: false }))
                lines.Add(new($"{TrialText.Title(row.Settings)} failed: {row.Failure}", LineLook.Bad));
            int done = _rows.Count(r => r.Result is not null), failed = _rows.Count(r => r is { Failure: not null, IsSkipped: false }),
                skipped = _rows.Count(r => r.IsSkipped);
            string trials = _rows.Count > 1 || failed + skipped > 0 ? $": {NumberText.Count(done, "trial")} completed" +
                $"{(failed > 0 ? $", {failed} failed" : "")}{(skipped > 0 ? $", {skipped} skipped" : "")}" : "";
            lines.Add(new($"{how} after {TrialText.Duration(time.GetElapsedTime(_begun))}{trials}.", LineLook.Strong));
            _frame.Draw(lines, [.. _notes]);
            _notes.Clear();
        }
    }

    private TrialRow Add(TrialSettings settings)
    {
        // A sweep tries its default first.
        if (settings.Phase != TrialPhase.Baseline) _default ??= settings;
        var row = new TrialRow(settings, time.GetTimestamp());
        _rows.Add(row);
        return row;
    }

    private void Finish(int trialId, Action<TrialRow> change)
    {
        lock (_lock)
        {
            if (_rows.Find(r => r.Settings.TrialId == trialId) is { } row) change(row);
            (_running, _progress) = (-1, null);
        }
    }

    private async Task RefreshAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Interval, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested) Draw();
        }
    }

    private List<FrameLine> Lines()
    {
        int rows = Math.Clamp(_frame.Height - FixedLines, 1, MostRows);
        var lines = new List<FrameLine> { BudgetLine() };
        if (_running >= 0 && _rows.Find(r => r.Settings.TrialId == _running) is { } running)
        {
            lines.Add(new(_progress is { } p
                ? $"{Label(TrialText.Title(running.Settings))}{Bar(_done)} {100 * _done,3:F0} %  epoch {TrialText.Epochs(p.Epoch)} of " +
                    TrialText.Epochs(p.Epochs)
                : $"{Label(TrialText.Title(running.Settings))}begins"));
            lines.Add(new(_progress is { } figures ? Label("") + Figures(figures) : ""));
        }
        else
        {
            string idle = _rows.Count == 0 ? "reads the faces and measures this machine" : "chooses what comes next, or scores and saves";
            lines.Add(new(Label("") + idle));
            lines.Add(new(""));
        }
        lines.Add(new(_hint, LineLook.Faint));
        // The best stays in view, and the newest do.
        var shown = _rows.TakeLast(rows).ToList();
        if (_rows.Find(r => r.Settings.TrialId == _best) is { } best && !shown.Contains(best) && shown.Count > 1) shown[0] = best;
        lines.AddRange(TrialTable.Lines(shown, _best, _default, time));
        if (_failure is not null) lines.Add(new(_failure, LineLook.Bad));
        while (lines.Count < rows + FixedLines) lines.Add(new(""));
        return [.. lines.Take(_frame.Height)];
    }

    private FrameLine BudgetLine()
    {
        long now = time.GetTimestamp();
        var best = _rows.Find(r => r.Settings.TrialId == _best);
        string lead = best?.Result is { } result
            ? $", best {TrialText.Figure(result.Metric)} ({TrialText.Title(best.Settings).ToLowerInvariant()})" : "";
        if (_end is not { } end) return new($"{Label(subject)}{TrialText.Duration(time.GetElapsedTime(_begun, now))}{lead}");
        _used = Math.Max(_used, Math.Clamp((now - _start!.Value) / Math.Max(1.0, end - _start.Value), 0, 1));
        return new($"{Label(subject)}{Bar(_used)} {100 * _used,3:F0} %  ends in {TrialText.Duration(time.GetElapsedTime(now, end))}{lead}");
    }

    private string Figures(TrialProgress p)
    {
        string text = $"loss {TrialText.Figure(p.Loss)}  {TrialText.Rate(p.ImagesPerSecond)} images/s";
        return !double.IsFinite(p.ValidationAccuracy) ? text
            : $"{text}  validation {TrialText.Figure(p.ValidationAccuracy)} {TrialText.Sparkline(_curve)}";
    }

    private static string Label(string text) => text.PadRight(16);

    private static string Bar(double share)
    {
        int filled = (int)(share * BarWidth);
        return $"{new string('█', filled)}{new string('░', BarWidth - filled)}";
    }
}
