using Fer.Pipeline.AutoML;

namespace Fer.Tests.AutoML;

/// <summary>What the tests search: the best place is Rate 0.1 and Kind "good".</summary>
internal sealed class ScriptedOptions
{
    [Range(0.001, 1, logBase: true)]
    public double Rate { get; set; } = 0.01;

    [Choice("good", "bad")]
    public string Kind { get; set; } = "bad";

    [Range(1, 4)]
    public int Depth { get; set; } = 2;
}

/// <summary>A runner that spends fake time in batches and scores by a formula.</summary>
internal sealed class ScriptedRunner(ManualTime time) : ITrialRunner
{
    private readonly SearchSpace<ScriptedOptions> _space = new();

    /// <summary>Seconds of a batch.</summary>
    public double Batch { get; init; } = 0.25;

    /// <summary>Seconds a trial wants, whatever its limit; null is 98 % of the limit.</summary>
    public Func<TrialSettings, double>? Wants { get; init; }

    /// <summary>Called at the start of a trial: may throw.</summary>
    public Action<TrialSettings>? Before { get; init; }

    /// <summary>Called after each batch.</summary>
    public Action<TrialSettings>? AfterBatch { get; init; }

    /// <summary>True to go on after cancellation for ever.</summary>
    public bool Hangs { get; init; }

    public List<TrialSettings> Started { get; } = [];

    public async Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken)
    {
        Started.Add(settings);
        Before?.Invoke(settings);
        double wants = Wants?.Invoke(settings) ?? 0.98 * settings.TimeLimit.TotalSeconds;
        for (double done = 0; done < wants && (Hangs || !cancellationToken.IsCancellationRequested); done += Batch)
        {
            time.Advance(Batch);
            AfterBatch?.Invoke(settings);
            // Lets the experiment's own timers be set before the clock moves on.
            if (cancellationToken.IsCancellationRequested) await Task.Delay(1, CancellationToken.None);
        }
        return new TrialResult { TrialSettings = settings, Metric = Score(settings.Parameter), LogLoss = 1 };
    }

    public void Dispose() { }

    public double Score(Parameter parameter)
    {
        var options = _space.AsType(parameter);
        return 0.8 - 0.1 * Math.Abs(Math.Log10(options.Rate / 0.1)) - (options.Kind == "good" ? 0 : 0.2);
    }
}

/// <summary>Keeps what an experiment reports.</summary>
internal sealed class RecordingMonitor : IMonitor
{
    public List<TrialSettings> Running { get; } = [];
    public List<TrialResult> Completed { get; } = [];
    public List<TrialResult> Best { get; } = [];
    public List<(TrialSettings Settings, Exception Error)> Failed { get; } = [];

    public void ReportRunningTrial(TrialSettings setting) => Running.Add(setting);
    public void ReportCompletedTrial(TrialResult result) => Completed.Add(result);
    public void ReportBestTrial(TrialResult result) => Best.Add(result);
    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Failed.Add((settings, exception!));
}
