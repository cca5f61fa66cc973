using Fer.Pipeline.AutoML;
using Fer.Pipeline.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fer.Output;

/// <summary>A table of trials that grows while they run, with a bar for the running one and the time left.</summary>
internal sealed class LiveTrialView(IAnsiConsole console, TimeProvider time) : ITrialView
{
    private const int BarWidth = 30;

    private readonly Lock _lock = new();
    private readonly List<Row> _rows = [];
    private readonly List<string> _notes = [];
    private TrialProgress? _progress;
    private int _best = -1, _running = -1;
    private readonly List<double> _curve = [];
    private long _end = long.MaxValue, _start;
    private string _hint = "Ctrl+C saves the best so far.";

    public async Task<T> ShowAsync<T>(Func<Task<T>> work) => await console.Live(Render()).AutoClear(false)
        // Where the table outgrows the terminal, its newest rows stay in view.
        .Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(async context =>
    {
        using var stop = new CancellationTokenSource();
        var refresh = RefreshAsync(context, stop.Token);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await refresh.ConfigureAwait(false);
            context.UpdateTarget(Render());
        }
    }).ConfigureAwait(false);

    public void Note(string line)
    {
        lock (_lock) _notes.Add(line);
    }

    public void SetEnd(TimeSpan left)
    {
        _start = time.GetTimestamp();
        _end = _start + (long)(left.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>What the keys do, for the last line.</summary>
    internal void SetHint(string hint) => _hint = hint;

    public void ReportRestoredTrial(RestoredTrial trial)
    {
        lock (_lock)
        {
            var row = new Row(trial.Settings, time.GetTimestamp())
            {
                Result = trial.Result,
                Failure = trial.Result is null ? trial.Error
                ?? "failed" : null
            };
            if (row.Result is { TrialSettings.Phase: not TrialPhase.Baseline } result && !_rows.Exists(
                r => r.Settings.Phase != TrialPhase.Baseline && r.Result?.Metric >= result.Metric))
                _best = trial.Settings.TrialId;
            _rows.Add(row);
        }
    }

    public void ReportRunningTrial(TrialSettings setting)
    {
        lock (_lock)
        {
            _running = setting.TrialId;
            _progress = null;
            _curve.Clear();
            _rows.Add(new Row(setting, time.GetTimestamp()));
        }
    }

    public void ReportProgress(TrialProgress progress)
    {
        lock (_lock)
        {
            // A trial that was overdue and did not stop may still be training.
            if (progress.TrialId != _running) return;
            _progress = progress;
            if (progress.IsEpochEnd) _curve.Add(progress.ValidationAccuracy);
        }
    }

    public void ReportCompletedTrial(TrialResult result) => Finish(result.TrialSettings.TrialId, row => row.Result = result);

    public void ReportBestTrial(TrialResult result)
    {
        lock (_lock) _best = result.TrialSettings.TrialId;
    }

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) =>
        Finish(settings.TrialId, row => row.Failure = TrialReportCollector.Reason(exception));

    private void Finish(int trialId, Action<Row> change)
    {
        lock (_lock)
        {
            if (_rows.Find(r => r.Settings.TrialId == trialId) is { } row) change(row);
            (_running, _progress) = (-1, null);
        }
    }

    private async Task RefreshAsync(LiveDisplayContext context, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            context.UpdateTarget(Render());
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>What stands on the screen now.</summary>
    internal IRenderable Render()
    {
        lock (_lock)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Trial", "Settings", "Epochs", "Accuracy", "Loss", "Time");
            foreach (var row in _rows) table.AddRow(Cells(row));
            var parts = new List<IRenderable>();
            parts.AddRange(_notes.Select(n => new Text(n)));
            if (_rows.Count > 0) parts.Add(table);
            if (_progress is { } progress) parts.Add(new Text(ProgressLine(progress)));
            if (_end != long.MaxValue) parts.Add(new Text(BudgetLine()));
            // Spectre.Console cannot draw nothing.
            return parts.Count > 0 ? new Rows(parts) : new Text("Starting.");
        }
    }

    private IRenderable[] Cells(Row row)
    {
        bool best = row.Settings.TrialId == _best;
        var style = best ? new Style(Color.Green) : row.Failure is not null ? new Style(Color.Red) : Style.Plain;
        Text Cell(string text) => new(text, style);
        string state = row.Failure ?? (row.Result is null ? "running" : TrialText.Figure(row.Result.Metric));
        var duration = row.Result?.Duration ?? time.GetElapsedTime(row.Start);
        return
        [
            Cell(TrialText.Title(row.Settings) + (best ? " *" : "")),
            Cell(row.Settings.Parameter.ToString()),
            Cell(row.Result is null ? "" : TrialText.Epochs(row.Result.Epochs)),
            Cell(state),
            Cell(row.Result is null ? "" : TrialText.Figure(row.Result.LogLoss)),
            Cell(row.Failure is null ? TrialText.Duration(duration) : ""),
        ];
    }

    private string BudgetLine()
    {
        long now = time.GetTimestamp();
        double used = Math.Clamp((now - _start) / Math.Max(1.0, _end - _start), 0, 1);
        var best = _rows.Find(r => r.Settings.TrialId == _best);
        string lead = best?.Result is { } result
            ? $"  best {TrialText.Figure(result.Metric)} ({TrialText.Title(best.Settings).ToLowerInvariant()})" : "";
        return $"{Bar(used)} {100 * used:F0} % of the time{lead}  ends in {TrialText.Duration(time.GetElapsedTime(now, _end))}. {_hint}";
    }

    private static string Bar(double share)
    {
        int filled = (int)(share * BarWidth);
        return $"{new string('█', filled)}{new string('░', BarWidth - filled)}";
    }

    private string ProgressLine(TrialProgress p)
    {
        double share = p.Epochs > 0 ? Math.Clamp(p.Epoch / p.Epochs, 0, 1) : 0;
        return $"{Bar(share)} {100 * share:F0} %  epoch {TrialText.Epochs(p.Epoch)}/{TrialText.Epochs(p.Epochs)}"
            + $"  loss {TrialText.Figure(p.Loss)}  accuracy {TrialText.Figure(p.Accuracy)}"
            + $"  validation {TrialText.Figure(p.ValidationAccuracy)} {TrialText.Sparkline(_curve)}  " +
            $"{TrialText.Rate(p.ImagesPerSecond)} images/s";
    }

    private sealed class Row(TrialSettings settings, long start)
    {
        public TrialSettings Settings { get; } = settings;
        public long Start { get; } = start;
        public TrialResult? Result { get; set; }
        public string? Failure { get; set; }
    }
}
