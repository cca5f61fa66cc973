using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using Microsoft.ML;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// The sweep on faces under a wall-clock budget: rehearses the end, measures the machine, chooses the width by the time there is, compares
/// settings in short trials, trains the winner with what is left and has it saved before the time is up. With a folder it can be stopped at
/// any moment and goes on where it was.
/// </summary>
internal sealed class FaceExperiment
{
    /// <summary>How far behind the best a network may be to answer together with it.</summary>
    private const double LeastMemberMetric = 0.05;

    private const int MostCandidates = 6;

    /// <summary>
    /// Share of the time left that a first rehearsal may take for a second one to follow; a process's first takes about three times as long
    /// as those after it.
    /// </summary>
    private const double MostRehearsal = 0.1;

    private readonly FaceDataset _dataset;
    private readonly FaceSet _training, _validation;
    private readonly FaceExperimentOptions _options;
    private AutoMLExperiment? _running;

    /// <summary>Creates the experiment.</summary>
    /// <exception cref="FerException">There are no faces to train on or to choose on.</exception>
    public FaceExperiment(FaceDataset dataset, FaceExperimentOptions options)
    {
        if (dataset.Training.Count == 0) throw new FerException($"{dataset.Source}: there are no Training faces to learn from.");
        if (dataset.Validation.Count == 0) throw new FerException($"{dataset.Source}: there are no PublicTest faces to choose a model on.");
        _dataset = dataset;
        _training = dataset.Training;
        _validation = dataset.Validation;
        _options = options;
    }

    /// <summary>Called with the plan once the machine is measured.</summary>
    public Action<BudgetPlan>? PlanCallback { get; init; }

    /// <summary>Hears what there is to know besides the trials; null is nobody.</summary>
    public Action<string>? WarningCallback { get; init; }

    /// <summary>
    /// Asked once the experiment was cancelled and all is on disk: false to leave it like that, true to finish with the best so far. Null
    /// is true.
    /// </summary>
    public Func<Task<bool>>? FinishAfterCancel { get; init; }

    /// <summary>Ends the running trial; for any thread.</summary>
    public void SkipRunningTrial() => _running?.SkipRunningTrial();

    /// <summary>
    /// Runs the experiment. The end is rehearsed before the sweep with an untrained model, which measures the time to keep for it and finds
    /// an unwritable folder while nothing is lost.
    /// </summary>
    /// <param name="monitor">Watches the trials.</param>
    /// <param name="rehearse">Scores, saves and reports an untrained network of some options, leaves nothing, and gives the time that
    /// took.</param>
    /// <param name="finish">Scores, saves and reports the best model.</param>
    /// <param name="cancellationToken">Ends the sweep; see <see cref="FinishAfterCancel"/>.</param>
    /// <exception cref="FerException">No trial finished, or the folder holds another experiment.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, and to go on later; or cancelled before there was any model.</exception>
    public async Task<FaceTrialResult> RunAsync(
        IMonitor monitor, Func<ImageClassificationTrainer.Options, TimeSpan> rehearse, Action<FaceExperimentEnd> finish,
        CancellationToken cancellationToken)
    {
        var clock = _options.Clock;
        long start = _options.Start ?? clock.GetTimestamp();
        using var store = _options.Folder is { } folder ? new ExperimentStore(folder, clock) { Warn = WarningCallback } : null;
        if (store?.State.Plan is { } planned)
        {
            if (planned.DataSha256 != _training.Sha256) throw store.Other("its faces are others");
            if (Math.Abs(planned.BudgetSeconds - _options.Budget.TotalSeconds) > 1e-6)
                throw store.Other($"its budget is {planned.BudgetSeconds / 60:0.###} minutes");
        }
        store?.CountFrom(start);
        store?.SetStatus(ExperimentStatus.Running);
        store?.StartClock();
        try
        {
            return await RunAsync(monitor, rehearse, finish, store, start, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or UnwritableException)
        {
            if (store?.State.Status == ExperimentStatus.Running) store.SetStatus(ExperimentStatus.Paused);
            throw;
        }
        catch (FerException e) when (e is not InterruptionException)
        {
            store?.SetStatus(ExperimentStatus.Failed);
            throw;
        }
    }

    private async Task<FaceTrialResult> RunAsync(
        IMonitor monitor, Func<ImageClassificationTrainer.Options, TimeSpan> rehearse, Action<FaceExperimentEnd> finish,
        ExperimentStore? store, long start, CancellationToken cancellationToken)
    {
        var clock = _options.Clock;
        var space = Space();
        var record = store?.State.Plan;
        if (record is null)
        {
            record = Plan(space, rehearse, Left, store, cancellationToken) with
            {
                PlanningSeconds = store?.Total.TotalSeconds ?? 0,
            };
            store?.SetPlan(record);
        }
        else
        {
            Warm(space, rehearse, store!, Left());
        }
        var plan = record.Plan;
        space = WithBackbones(space.WithChoice(nameof(FaceSearchOptions.Width), record.Width), record.Backbones);
        PlanCallback?.Invoke(plan);

        // Augmentation, start-up and a machine that slows down get a seventh.
        double speed = record.SpeedOf(DefaultOptions(space, record.Width))
            ?? throw store!.Other("it measured the speed of other networks");
        double fullFaces = 0.85 * plan.TrialTime.TotalSeconds * speed;
        var both = store is null ? monitor : new MonitorGroup(store, monitor);
        var ended = store?.State.Trials.Where(t => t is { State: TrialState.Completed, Phase: TrialPhase.Exploration })
            .Select(t => (t.Id, t.Metric ?? double.NaN));
        var runner = new FaceTrialRunner(space, _training, _validation, fullFaces, record.Backbones, _options, both,
            store is null ? null : Path.Combine(store.Folder, CheckpointFolder), ended)
        {
            Warn = WarningCallback,
            SpeedsChanged = backbones => store?.SetPlan(store.State.Plan! with { Backbones = backbones }),
        };
        _running = new MLContext().Auto().CreateExperiment(clock).SetSearchSpace(space).SetTrialRunner(runner).SetMonitor(monitor)
            .SetTuner(Tuner(space, plan)).SetBudgetPlan(plan).SetMaxModelToExplore(Math.Max(1, _options.MaxModels)).SetSeed(_options.Seed);
        if (record.Baseline is { } baseline) _running.SetBaselines(baseline.Settings, baseline.TrialTime);
        if (store is not null) _running.SetCheckpoint(store);
        if (_options.MaximumMemoryUsageInMegaByte is { } memory) _running.SetMaximumMemoryUsageInMegaByte(memory);
        var best = (FaceTrialResult)await _running.RunAsync(cancellationToken).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested && !await FinishesAsync(store).ConfigureAwait(false))
            throw new OperationCanceledException(cancellationToken);
        finish(new FaceExperimentEnd(best, Members(best, runner, space, store), plan.Views));
        store?.SetStatus(cancellationToken.IsCancellationRequested ? ExperimentStatus.Stopped : ExperimentStatus.Completed);
        return best;

        TimeSpan Left() => _options.Budget - (store?.Total ?? clock.GetElapsedTime(start));
    }

    /// <summary>The folder of checkpoints in an experiment's folder.</summary>
    internal const string CheckpointFolder = "checkpoint";

    private async Task<bool> FinishesAsync(ExperimentStore? store)
    {
        store?.SetStatus(ExperimentStatus.Paused);
        return FinishAfterCancel is null || await FinishAfterCancel().ConfigureAwait(false);
    }

    private SearchSpace<FaceSearchOptions> Space()
    {
        var space = new SearchSpace<FaceSearchOptions>();
        if (_options.Architectures is { } architectures)
            space = space.WithChoice(nameof(FaceSearchOptions.Architecture), [.. architectures]);
        if (_options.Width is { } width) space = space.WithChoice(nameof(FaceSearchOptions.Width), width);
        return WithVotes(space, _training.HasSoftTargets && !_dataset.HasVotesAsLabels);
    }

    /// <summary>The space over some faces, without backbones.</summary>
    internal static SearchSpace<FaceSearchOptions> SpaceOf(FaceSet training) =>
        WithVotes(WithBackbones(new SearchSpace<FaceSearchOptions>(), []), training.HasSoftTargets);

    /// <summary>
    /// The space over faces with votes beside their labels; without votes there is nothing to mix, and where they are the labels nothing to
    /// mix them with.
    /// </summary>
    private static SearchSpace<FaceSearchOptions> WithVotes(SearchSpace<FaceSearchOptions> space, bool areThere) =>
        areThere ? space : space.WithFixed(nameof(FaceSearchOptions.SoftTargets), 1f);

    /// <summary>The space with the backbones among the architectures; what is trained of them counts for them alone.</summary>
    private static SearchSpace<FaceSearchOptions> WithBackbones(
        SearchSpace<FaceSearchOptions> space, IReadOnlyList<BackboneCandidate> backbones)
    {
        const string architecture = nameof(FaceSearchOptions.Architecture), fineTune = nameof(FaceSearchOptions.FineTune);
        if (backbones.Count == 0) return space.WithFixed(fineTune, FineTune.None);
        object[] names = [.. backbones.Select(b => b.Architecture)];
        return space.WithChoice(architecture, [.. Choices(space, architecture), .. names]).WithCondition(fineTune, architecture, names);
    }

    private static IReadOnlyList<object> Choices(SearchSpace space, string option) =>
        space.Dimensions.OfType<ChoiceDimension>().First(d => d.Name == option).Candidates;

    private ITuner Tuner(SearchSpace space, BudgetPlan plan) => _options.Tuner switch
    {
        TunerKind.CostFrugal => new CostFrugalTuner(space, _options.Seed),
        TunerKind.RandomSearch => new RandomSearchTuner(space, _options.Seed),
        TunerKind.GridSearch => new GridSearchTuner(space, _options.Seed),
        _ => new SuccessiveHalvingTuner(space, _options.Seed, plan.Rungs, BudgetPlan.Eta),
    };

    /// <summary>
    /// Rehearses the end, measures the machine, and shares out the time that is left. What an earlier process measured is taken from the
    /// store, so that kills do not cost the budget more than the machine's own start.
    /// </summary>
    private PlanRecord Plan(
        SearchSpace<FaceSearchOptions> space, Func<ImageClassificationTrainer.Options, TimeSpan> rehearse, Func<TimeSpan> remaining,
        ExperimentStore? store, CancellationToken cancellationToken)
    {
        var before = store?.State.Measured;
        if (before is null)
        {
            // The first time is compilation for the most part, which does not come again; a second time must be worth it.
            var first = Rehearse(space, rehearse);
            before = Keep(first < MostRehearsal * Left() ? Rehearse(space, rehearse) : first, new Dictionary<string, double>());
        }
        else Warm(space, rehearse, store!, Left());
        var finishTime = TimeSpan.FromSeconds(before.FinishSeconds);
        cancellationToken.ThrowIfCancellationRequested();
        var calibration = new Calibration(_training.ClassNames.Count, _options, _options.Clock, before.ImagesPerSecond);
        var left = Left();
        var widths = Choices(space, nameof(FaceSearchOptions.Width)).Cast<double>();
        double width = WidthPlan.Choose(widths, (1 - BudgetPlan.ViewShare) * left, Epoch);
        Keep(finishTime, calibration.ImagesPerSecond);
        // The speeds of the other architectures too, for as long as that is worth its time.
        foreach (string architecture in Choices(space, nameof(FaceSearchOptions.Architecture)).Cast<string>())
            if (_options.Architectures is { Count: > 1 })
                calibration.Measure(Options(width) with { Arch = architecture, ProgressiveResizing = 0 }, 0.01 * Left());

        var epoch = Epoch(width);
        double epochs = (1 - BudgetPlan.ViewShare) * left / epoch;
        int finals = _options.Ensemble ?? WidthPlan.Finals((1 - BudgetPlan.ExplorationShare(epochs)) * epochs,
            sizeof(float) * (long)NetworkOf(Options(width)).Parameters.Length);
        // Forward alone is taken for a quarter of a training step: with a third, a quarter of an hour ended 52 seconds early.
        double speed = calibration.Measure(Options(width), TimeSpan.Zero);
        double views = Math.Min(BudgetPlan.ViewShare * left.TotalSeconds,
            FaceViewSets.CentresOfAll * finals * _validation.Count / (4 * speed));
        var baseline = Baseline();
        var baselineTime = baseline is null ? TimeSpan.Zero : baseline.Settings.Count * baseline.TrialTime;
        left = Left();
        var plan = BudgetPlan.Create(left - baselineTime, finishTime + TimeSpan.FromSeconds(views), epoch, _options.MaxModels);
        plan = plan with
        {
            Budget = left,
            Exploration = plan.Exploration + baselineTime,
            Finals = finals,
            Views = TimeSpan.FromSeconds(Math.Min(views + 0.01 * left.TotalSeconds, 0.75 * plan.Reserve.TotalSeconds)),
            Margin = MarginOf(plan, epoch, _validation.Count),
        };
        return new PlanRecord
        {
            DataSha256 = _training.Sha256,
            BudgetSeconds = _options.Budget.TotalSeconds,
            Plan = plan,
            Width = width,
            Backbones = Backbones(plan, width, speed),
            Baseline = baseline,
            ImagesPerSecond = calibration.ImagesPerSecond,
        };

        IReadOnlyList<BackboneCandidate> Backbones(BudgetPlan plan, double width, double imagesPerSecond)
        {
            if (_options.BackboneFolder is not { } folder || _options.Architectures is not null) return [];
            var store = new BackboneStore(folder);
            var options = Options(width);
            // A training step is worth about three forward passes.
            double work = 3.0 * NetworkOf(options).MultiplyAccumulates;
            return BackboneCandidate.Choose(store.Names.Select(store.Entry), work * imagesPerSecond, plan, _training.Count,
                _validation.Count);
        }

        BaselinePlan? Baseline()
        {
            if (_options.BackboneFolder is not { } folder || _options.Architectures is not null) return null;
            if (!BaselinePlan.IsWorthIt(Left())) return null;
            var store = new BackboneStore(folder);
            var speeds = store.Names.Select(n => (store.Entry(n), BaselineTrials.FacesPerSecond(n, BaselinePlan.ProbeSide, _options)));
            return BaselinePlan.Choose(speeds, Left(), _training.Count, _validation.Count);
        }

        PlanMeasurements Keep(TimeSpan finish, IReadOnlyDictionary<string, double> speeds)
        {
            var measured = new PlanMeasurements(finish.TotalSeconds, new Dictionary<string, double>(speeds));
            store?.SetMeasured(measured);
            return measured;
        }

        TimeSpan Left()
        {
            var time = remaining();
            // Even a budget that reading the data has used up gets a model: of a second.
            return time > TimeSpan.FromSeconds(1) ? time : TimeSpan.FromSeconds(1);
        }

        TimeSpan Epoch(double atWidth) => calibration.Epoch(Options(atWidth), _training.Count, _validation.Count, 0.02 * Left());

        ImageClassificationTrainer.Options Options(double atWidth) => DefaultOptions(space, atWidth);
    }

    /// <summary>The setting that trials are planned by: the default of every option but the width.</summary>
    private ImageClassificationTrainer.Options DefaultOptions(SearchSpace<FaceSearchOptions> space, double width) =>
        space.AsType(space.Default.With(nameof(FaceSearchOptions.Width), width)).ToTrainerOptions() with { Seed = _options.Seed };

    /// <summary>
    /// How far a setting must lead the default: one standard error of the difference between two accuracies about a half. Trials of few
    /// epochs say how fast a setting begins, not how far it gets; from those the default stays, unless it fails.
    /// </summary>
    internal static double MarginOf(BudgetPlan plan, TimeSpan epoch, int faces) =>
        plan.TrialTime < FaceTrialRunner.TellingEpochs * epoch ? 1 : Math.Sqrt(0.5 * 0.25 / faces);

    /// <summary>
    /// Rehearses the end in a process that goes on with an experiment, so that it is not the first time there; not where that would take
    /// too much of the time left.
    /// </summary>
    private void Warm(SearchSpace<FaceSearchOptions> space, Func<ImageClassificationTrainer.Options, TimeSpan> rehearse,
        ExperimentStore store, TimeSpan left)
    {
        if (store.State.Measured is not { } measured || 3 * measured.FinishSeconds < MostRehearsal * left.TotalSeconds)
            Rehearse(space, rehearse);
    }

    /// <summary>
    /// Rehearses the end with the default's network at the least width: short budgets, of which the end is a large part, get that.
    /// </summary>
    private TimeSpan Rehearse(SearchSpace<FaceSearchOptions> space, Func<ImageClassificationTrainer.Options, TimeSpan> rehearse)
    {
        double width = Choices(space, nameof(FaceSearchOptions.Width)).Cast<double>().Min();
        var narrowest = space.AsType(space.Default.With(nameof(FaceSearchOptions.Width), width));
        return rehearse(_options.Place(narrowest.ToTrainerOptions()) with { Seed = _options.Seed });
    }

    /// <summary>A network from scratch for these faces' classes.</summary>
    private Network NetworkOf(ImageClassificationTrainer.Options options) =>
        Architectures.Create(options.Arch, _training.ClassNames.Count, StartingNetwork.ArchitectureOf(options));

    /// <summary>The networks of the other trials that come close to the best, from their checkpoints.</summary>
    private IReadOnlyList<Network> Members(FaceTrialResult best, FaceTrialRunner runner, SearchSpace space, ExperimentStore? store)
    {
        var members = new List<Network>();
        var records = (store?.State.Trials ?? []).Where(r => r is { State: TrialState.Completed, Phase: not TrialPhase.Baseline }
            && r.Id != best.TrialSettings.TrialId && r.Metric >= best.Metric - LeastMemberMetric);
        foreach (var record in records.OrderByDescending(r => r.Metric).Take(MostCandidates))
        {
            if (!runner.HasNetwork(record.Id, record.Phase)) continue;
            try
            {
                members.Add(((FaceTrialResult)runner.Reopen(record.ToResult(space))).Training.Network);
            }
            catch (InterruptionException e)
            {
                // The model is as good without it.
                WarningCallback?.Invoke(e.Message);
            }
        }
        return members;
    }
}

/// <summary>What an experiment hands over to be scored, saved and reported.</summary>
/// <param name="Best">The best trial with its network.</param>
/// <param name="Members">Networks of other trials, which may be averaged with its own where that helps.</param>
/// <param name="Patience">Time for trying views and members.</param>
internal sealed record FaceExperimentEnd(FaceTrialResult Best, IReadOnlyList<Network> Members, TimeSpan Patience);
