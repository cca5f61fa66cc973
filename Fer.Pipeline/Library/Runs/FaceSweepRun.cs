using System.Globalization;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Runs;

/// <summary>
/// A sweep from faces to a saved model, within a wall-clock budget: compares settings in short trials, trains the most promising with what
/// is left of the time, chooses networks, views and calibration on the validation split, scores, and leaves <c>model.zip</c>,
/// <c>trials.jsonl</c> and <c>report.html</c>. What <c>fer experiment</c> does:
/// <code>
/// var dataset = FaceDataset.Load("fer2013.csv.gz", LabelScheme.Seven);
/// var run = new FaceSweepRun(dataset, new() { Budget = TimeSpan.FromMinutes(60) }, new() { Folder = "artifacts/hour" });
/// FaceRunResult result = await run.RunAsync();
/// Console.WriteLine(result);
/// </code>
/// </summary>
public sealed class FaceSweepRun
{
    private readonly FaceRunOptions _options;
    private readonly FaceExperimentOptions _sweep;
    private readonly FaceDataset _dataset;
    private readonly RunFolder _folder;
    private FaceExperiment? _experiment;

    /// <summary>Prepares a run.</summary>
    /// <param name="dataset">The faces.</param>
    /// <param name="sweep">The budget and what is compared.</param>
    /// <param name="options">Where the results go.</param>
    /// <exception cref="FerException">There are no faces to train on or to choose on.</exception>
    public FaceSweepRun(FaceDataset dataset, FaceExperimentOptions sweep, FaceRunOptions options)
    {
        // Who asks for so many networks takes their size.
        _folder = new RunFolder(dataset, options, sweep.Ensemble > 1 ? long.MaxValue : WidthPlan.MostBytes);
        _dataset = dataset;
        _options = options;
        _sweep = sweep with
        {
            Folder = options.Folder,
            BottleneckFolder = sweep.BottleneckFolder ?? _folder.Bottleneck,
            Clock = options.Clock,
        };
    }

    /// <summary>
    /// Asked once the sweep was cancelled and all is on disk: false to leave it like that, to be resumed, true to finish with the best so
    /// far. Null is true.
    /// </summary>
    public Func<Task<bool>>? FinishAfterCancel { get; init; }

    /// <summary>Time that the sweep in the folder was at work before it was stopped; 0 where there is none.</summary>
    /// <exception cref="FerException">Its record is damaged.</exception>
    public TimeSpan ElapsedBefore =>
        TimeSpan.FromSeconds(ExperimentStore.Read(Path.Combine(_options.Folder, ExperimentStore.FileName))?.ElapsedSeconds ?? 0);

    /// <summary>Ends the running trial; for any thread.</summary>
    public void SkipRunningTrial() => _experiment?.SkipRunningTrial();

    /// <summary>Runs the sweep, on a thread of its own.</summary>
    /// <param name="monitor">Hears of the trials.</param>
    /// <param name="progress">Hears of the rest; called on the sweep's thread.</param>
    /// <param name="cancellationToken">Ends the sweep; see <see cref="FinishAfterCancel"/>.</param>
    /// <exception cref="FerUsageException">The folder holds a run that <see cref="FaceRunOptions.Overwrite"/> does not let go.</exception>
    /// <exception cref="FerException">No trial finished, the folder cannot be written, another run is at work there, or the stopped one
    /// began with other data or options.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, to be resumed; or cancelled before there was any model.</exception>
    public Task<FaceRunResult> RunAsync(
        IMonitor? monitor = null, IProgress<FaceRunProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => RunOnThreadAsync(monitor ?? new MonitorGroup(), progress, cancellationToken), CancellationToken.None);

    private async Task<FaceRunResult> RunOnThreadAsync(
        IMonitor monitor, IProgress<FaceRunProgress>? progress, CancellationToken cancellation)
    {
        long start = _options.Start ?? _options.Clock.GetTimestamp();
        using var session = RunSession.Open(_options, [.. RunSession.FactsOf(_dataset), .. Facts()], start);
        session.Begin(keepsTime: false);
        progress?.Report(new FaceRunProgress { Remaining = _sweep.Budget - ElapsedBefore - _options.Clock.GetElapsedTime(start) });
        var reports = new TrialReportCollector();
        using var log = new TrialLog(Path.Combine(_options.Folder, RunFiles.Trials), append: _options.Resume);
        FaceClassificationMetrics? metrics = null;
        _experiment = new FaceExperiment(_dataset, _sweep with { Start = start })
        {
            PlanCallback = plan => progress?.Report(new FaceRunProgress { Plan = plan }),
            WarningCallback = Warn,
            FinishAfterCancel = FinishAfterCancel,
        };
        var best = await _experiment.RunAsync(
            new MonitorGroup(log, reports, monitor),
            _folder.Rehearse,
            end => metrics = _folder.Finish(
                end.Best.Training, reports.Trials, rehearsal: false, end.Members, end.Patience, Warn, cancellation).Metrics,
            cancellation).ConfigureAwait(false);
        PatientWrite.Run(log.Flush, _options.Clock, Warn, cancellation);
        session.End();
        return new FaceRunResult
        {
            Folder = _options.Folder,
            Metrics = metrics!,
            Training = best.Training,
            BestTrial = best,
            Trials = reports.Trials,
            Elapsed = _options.Clock.GetElapsedTime(start),
            Warnings = best.Training.Warning is { } known ? [known] : [],
        };

        void Warn(string warning) => progress?.Report(new FaceRunProgress { Warning = warning });
    }

    /// <summary>What a sweep that continues must have as it had it at first.</summary>
    private IEnumerable<RunFact> Facts()
    {
        yield return new("option Budget", _sweep.Budget.ToString("c", CultureInfo.InvariantCulture));
        yield return new("option Seed", _sweep.Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("option Tuner", _sweep.Tuner.ToString());
        yield return new("option MaxModels", _sweep.MaxModels.ToString(CultureInfo.InvariantCulture));
        yield return new("option Architectures", string.Join(' ', _sweep.Architectures ?? []));
        yield return new("option Width", _sweep.Width?.ToString(CultureInfo.InvariantCulture) ?? "");
        yield return new("option Ensemble", _sweep.Ensemble?.ToString(CultureInfo.InvariantCulture) ?? "");
    }
}
