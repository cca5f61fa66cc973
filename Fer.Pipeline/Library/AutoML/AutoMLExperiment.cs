using Fer.Pipeline.Data;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// A sweep: the tuner proposes, the runner trains, the monitor sees the result, the tuner learns from it; until the time or the number of trials is used up.
/// With a <see cref="BudgetPlan"/> the sweep's winner is then trained with what is left of the budget.
/// A trial that throws, diverges or hangs is reported as failed and the sweep goes on. With <see cref="SetCheckpoint(string)"/> it goes on after a stop.
/// <code>
/// TrialResult best = new AutoMLExperiment()
///     .SetSearchSpace(new SearchSpace&lt;MyOptions&gt;())
///     .SetTrialRunner(runner)
///     .SetTrainingTimeInSeconds(600)
///     .SetCheckpoint("artifacts/mine")
///     .Run();
/// </code>
/// </summary>
public sealed class AutoMLExperiment
{
    /// <summary>Time that a trial cancelled by the user gets to hand back what it has.</summary>
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(10);

    /// <summary>Least time that a trial past its limit gets to hand back what it has: a batch and a validation on a busy machine.</summary>
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(5);

    /// <summary>Least time of the final training where it is the only one.</summary>
    private static readonly TimeSpan LeastFinal = TimeSpan.FromSeconds(0.5);

    private readonly TimeProvider _time;
    private readonly List<TrialResult> _completed = [];
    private (FaceSet Training, FaceSet Validation)? _dataset;
    private FaceTrialRunner? _datasetRunner;
    private SearchSpace? _space;
    private ITrialRunner? _runner;
    private ITuner? _tuner;
    private IMonitor _monitor = new MonitorGroup();
    private BudgetPlan? _plan;
    private TimeSpan? _trainingTime;
    private int? _maxModels;
    private readonly Lock _lock = new();
    private ExperimentStore? _store;
    private string? _checkpoint;
    private double? _memory;
    private long _seed, _memoryBefore;
    private TrialResult? _best;
    private bool _isBestRestored;
    private Exception? _lastFailure;
    private CancellationTokenSource? _skip;
    private long _start;

    /// <summary>Creates an experiment.</summary>
    /// <param name="timeProvider">The clock; null is the system's.</param>
    public AutoMLExperiment(TimeProvider? timeProvider = null) => _time = timeProvider ?? TimeProvider.System;

    /// <summary>Sets the time after which no trial goes on.</summary>
    /// <exception cref="FerUsageException">The time is not a positive number.</exception>
    public AutoMLExperiment SetTrainingTimeInSeconds(double seconds)
    {
        if (!(seconds > 0 && seconds <= TimeSpan.MaxValue.TotalSeconds / 2))
            throw new FerUsageException($"A training time of {seconds} seconds is not usable; give a positive number.");
        _trainingTime = TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>Sets the most settings to compare.</summary>
    /// <exception cref="FerUsageException">The number is not positive.</exception>
    public AutoMLExperiment SetMaxModelToExplore(int count)
    {
        if (count <= 0) throw new FerUsageException($"{count} models to explore are not usable; give 1 or more.");
        _maxModels = count;
        return this;
    }

    /// <summary>Sets short trials and a final training under one budget, in place of <see cref="SetTrainingTimeInSeconds"/>.</summary>
    public AutoMLExperiment SetBudgetPlan(BudgetPlan plan)
    {
        _plan = plan;
        return this;
    }

    /// <summary>Sets the options to search.</summary>
    public AutoMLExperiment SetSearchSpace(SearchSpace space)
    {
        _space = space;
        return this;
    }

    /// <summary>
    /// Sets faces to train and to choose on: where no runner is set, each trial trains a <see cref="FaceSearchOptions"/> on them, every training face once
    /// unless a <see cref="TrialSettings.Fidelity"/> asks for less, and gives a <see cref="FaceTrialResult"/>.
    /// </summary>
    /// <exception cref="FerException">One of the sets is empty.</exception>
    public AutoMLExperiment SetDataset(FaceSet training, FaceSet validation)
    {
        if (training.Count == 0 || validation.Count == 0) throw new FerException("An experiment needs faces to train on and faces to choose on.");
        _dataset = (training, validation);
        // What an earlier run made of other faces.
        if (_runner == _datasetRunner) _runner = null;
        return this;
    }

    /// <summary>Sets what trains and scores a setting.</summary>
    public AutoMLExperiment SetTrialRunner(ITrialRunner runner)
    {
        _runner = runner;
        return this;
    }

    /// <summary>Sets what proposes settings; without it a <see cref="SuccessiveHalvingTuner"/> in plans, and <see cref="RandomSearchTuner"/> elsewhere.</summary>
    public AutoMLExperiment SetTuner(ITuner tuner)
    {
        _tuner = tuner;
        return this;
    }

    /// <summary>Sets what watches the trials.</summary>
    public AutoMLExperiment SetMonitor(IMonitor monitor)
    {
        _monitor = monitor;
        return this;
    }

    /// <summary>Sets the seed of the proposals and of every trial; 0 unless set.</summary>
    public AutoMLExperiment SetSeed(long seed)
    {
        _seed = seed;
        return this;
    }

    /// <summary>Sets the most memory that the program may take, in megabytes. A trial that would take more, by <see cref="ITrialRunner.EstimateMemory"/>, fails before it starts.</summary>
    /// <exception cref="FerUsageException">The number is not positive.</exception>
    public AutoMLExperiment SetMaximumMemoryUsageInMegaByte(double megabytes)
    {
        if (!(megabytes > 0)) throw new FerUsageException($"{megabytes} megabytes of memory are not usable; give a positive number.");
        _memory = megabytes;
        return this;
    }

    /// <summary>
    /// Sets a folder in which <c>experiment.json</c> keeps every trial as it ends. An experiment with the same space, tuner and seed that finds it there
    /// goes on after the last ended trial, with the time that is left.
    /// </summary>
    public AutoMLExperiment SetCheckpoint(string folder)
    {
        _checkpoint = folder;
        return this;
    }

    internal AutoMLExperiment SetCheckpoint(ExperimentStore store)
    {
        _store = store;
        return this;
    }

    /// <summary>Ends the running trial without a result and goes on with the next; a final training ends with what it has. For any thread.</summary>
    public void SkipRunningTrial()
    {
        lock (_lock) _skip?.Cancel();
    }

    /// <summary>Runs the experiment and waits for it, as <see cref="RunAsync"/> does.</summary>
    public TrialResult Run() => RunAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Runs the experiment. Cancelled, it ends within a batch of the running trial and gives the best so far; with a checkpoint, it can go on from there.</summary>
    /// <returns>The best result, as the runner made it.</returns>
    /// <exception cref="FerException">No trial finished, or the checkpoint belongs to another experiment or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before a trial finished.</exception>
    /// <exception cref="InvalidOperationException">No limit was set, or neither a dataset nor a search space and a runner.</exception>
    public async Task<TrialResult> RunAsync(CancellationToken cancellationToken = default)
    {
        if (_runner is null && _dataset is { } faces) SetRunnerOver(faces.Training, faces.Validation);
        if (_space is null || _runner is null) throw new InvalidOperationException("An experiment needs a search space and a trial runner.");
        if (_plan is null && _trainingTime is null && _maxModels is null)
            throw new InvalidOperationException("An experiment needs a training time, a number of models or a budget plan.");
        _start = _time.GetTimestamp();
        _completed.Clear();
        _best = null;
        _lastFailure = null;
        _memoryBefore = Environment.WorkingSet;
        if (_checkpoint is not null) _store = new ExperimentStore(_checkpoint, _time);
        var tuner = _tuner ?? (_plan is null ? new RandomSearchTuner(_space, _seed) : new SuccessiveHalvingTuner(_space, _seed, _plan.Rungs, BudgetPlan.Eta));
        _store?.Begin(_space, tuner, _seed);
        var (explored, finals, next) = Restore(_space, tuner);
        // Once a final training has begun, comparing is over.
        if (finals == 0 && next == explored) next = await ExploreAsync(_space, tuner, explored, cancellationToken).ConfigureAwait(false);
        if (_plan is not null) await TrainWinnersAsync(_plan, _space, next, finals, cancellationToken).ConfigureAwait(false);
        if (_best is not null) return _isBestRestored ? _runner.Reopen(_best) : _best;
        cancellationToken.ThrowIfCancellationRequested();
        throw _lastFailure is null
            ? new FerException("The time was too short for a single trial. Give the experiment more minutes.")
            : new FerException($"No trial finished. The last one failed: {_lastFailure.Message}", _lastFailure);
    }

    private void SetRunnerOver(FaceSet training, FaceSet validation)
    {
        // Without plan and backbones the space is the type's; votes count where the faces have them.
        var space = _space as SearchSpace<FaceSearchOptions> ?? (_space is null ? FaceExperiment.SpaceOf(training) : throw new InvalidOperationException($"Trials on a dataset search {nameof(FaceSearchOptions)}; for other options set a trial runner."));
        _space = space;
        _runner = _datasetRunner = new FaceTrialRunner(space, training, validation, training.Count, [], new FaceExperimentOptions { Budget = _trainingTime ?? TimeSpan.MaxValue, Seed = _seed }, _monitor, _checkpoint is null ? null : Path.Combine(_checkpoint, FaceExperiment.CheckpointFolder));
    }

    private TimeSpan Elapsed => _store?.Elapsed ?? _time.GetElapsedTime(_start);

    /// <summary>Tells the tuner and the monitor what an earlier run came to.</summary>
    private (int Explored, int Finals, int Next) Restore(SearchSpace space, ITuner tuner)
    {
        int explored = 0, finals = 0, next = 0;
        foreach (var record in _store?.State.Trials ?? [])
        {
            var settings = record.ToSettings(space);
            next = record.Id + 1;
            if (record.Phase == TrialPhase.Exploration)
            {
                explored++;
                if (!tuner.Propose(settings with { Parameter = space.Default }).Equals(settings.Parameter))
                    throw _store!.Other($"its trial {record.Id + 1} had settings that this one would not try");
            }
            if (record.State != TrialState.Completed)
            {
                _monitor.ReportRestoredTrial(record.ToRestored(space));
                continue;
            }
            var result = record.ToResult(space);
            if (record.Phase == TrialPhase.Exploration) tuner.Update(result);
            else finals++;
            _completed.Add(result);
            _monitor.ReportRestoredTrial(record.ToRestored(space));
            if (result.IsBetterThan(_best)) (_best, _isBestRestored) = (result, true);
        }
        return (explored, finals, next);
    }

    private async Task<int> ExploreAsync(SearchSpace space, ITuner tuner, int first, CancellationToken cancellationToken)
    {
        var end = _plan?.Exploration ?? _trainingTime ?? TimeSpan.MaxValue;
        int most = _plan is { Trials: 0 } ? 0 : _maxModels ?? _plan?.Trials ?? int.MaxValue;
        int trialId = first;
        for (; trialId < most && !tuner.IsExhausted && !cancellationToken.IsCancellationRequested; trialId++)
        {
            var left = end - Elapsed;
            if (left <= TimeSpan.Zero) break;
            var settings = new TrialSettings { TrialId = trialId, Parameter = space.Default, Seed = _seed };
            settings = settings with { Parameter = tuner.Propose(settings), Fidelity = tuner.Fidelity };
            var limit = _plan is not null ? settings.Fidelity * _plan.TrialTime : _trainingTime is null ? Timeout.InfiniteTimeSpan : left;
            // The last planned trial is not lost to a little lateness.
            if (_plan is not null && left < 0.8 * limit) break;
            if (await RunTrialAsync(settings with { TimeLimit = limit }, 0.1 * limit, cancellationToken).ConfigureAwait(false) is { } result) tuner.Update(result);
        }
        return trialId;
    }

    private async Task TrainWinnersAsync(BudgetPlan plan, SearchSpace space, int trialId, int done, CancellationToken cancellationToken)
    {
        var candidates = Candidates(plan, space);
        bool failed = false;
        for (int i = 0; i < candidates.Count && done < plan.Finals; i++)
        {
            var left = (plan.Budget - plan.Reserve - Elapsed) / (plan.Finals - done);
            // However late it is, there must be a model: a step or two make one.
            if (_best is null && !failed && left < LeastFinal) left = LeastFinal;
            // After a failure the runner-up is worth a try only while it has time to get past a short trial.
            if (cancellationToken.IsCancellationRequested || left <= TimeSpan.Zero || (failed && left < 0.05 * plan.Budget / plan.Finals)) break;
            // Networks that answer together should not be the same one: the seed tells them apart.
            var settings = new TrialSettings { TrialId = trialId++, Parameter = candidates[i], Seed = _seed + done, Phase = TrialPhase.Final, TimeLimit = left };
            failed = await RunTrialAsync(settings, 0.01 * plan.Budget, cancellationToken).ConfigureAwait(false) is null;
            if (failed) continue;
            done++;
            i--;
        }
    }

    /// <summary>
    /// The settings worth a final training, the best first: longer trials say more than shorter ones. Where the best leads the default by no more than
    /// chance, the default, which is known to do well in long trainings, stays.
    /// </summary>
    private List<Parameter> Candidates(BudgetPlan plan, SearchSpace space)
    {
        var explored = _completed.Where(r => r.TrialSettings.Phase == TrialPhase.Exploration)
            .OrderByDescending(r => r.TrialSettings.Fidelity).ThenByDescending(r => r.Metric).ThenBy(r => r.Loss).ToArray();
        List<Parameter> candidates = [.. explored.Select(r => r.TrialSettings.Parameter).Append(space.Default).Distinct()];
        if (explored.Length > 0)
        {
            var usual = explored.FirstOrDefault(r => r.TrialSettings.Parameter.Equals(space.Default));
            if (usual is not null && usual.TrialSettings.Fidelity >= explored[0].TrialSettings.Fidelity && explored[0].Metric - usual.Metric <= plan.Margin)
            {
                candidates.Remove(space.Default);
                candidates.Insert(0, space.Default);
            }
        }
        return candidates;
    }

    /// <summary>Runs one trial to a result, or to null after a failure that was reported.</summary>
    /// <param name="settings">The trial.</param>
    /// <param name="grace">Time past its limit after which it is cancelled.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    private async Task<TrialResult?> RunTrialAsync(TrialSettings settings, TimeSpan grace, CancellationToken cancellationToken)
    {
        _store?.ReportRunningTrial(settings);
        _monitor.ReportRunningTrial(settings);
        long start = _time.GetTimestamp();
        TrialResult result;
        using var skip = new CancellationTokenSource();
        lock (_lock) _skip = skip;
        try
        {
            CheckMemory(settings);
            result = await WithinTimeAsync(settings, grace, skip.Token, cancellationToken).ConfigureAwait(false);
            if (result.Duration == TimeSpan.Zero) result = result with { Duration = _time.GetElapsedTime(start) };
            if (skip.IsCancellationRequested && settings.Phase == TrialPhase.Exploration) throw new OperationCanceledException("Skipped.");
            if (!double.IsFinite(result.Metric)) throw new FerException("The training diverged: the loss is not a number.");
        }
        catch (Exception e)
        {
            _lastFailure = e;
            // What the user stopped is not over: it goes on when the experiment does.
            if (!cancellationToken.IsCancellationRequested)
                _store?.Add(settings, skip.IsCancellationRequested ? TrialState.Skipped : TrialState.Failed, null, _time.GetElapsedTime(start), e.Message);
            _monitor.ReportFailTrial(settings, e);
            return null;
        }
        finally
        {
            lock (_lock) _skip = null;
        }
        // Of a result that is not the best only the figures are kept; its model is freed.
        _completed.Add(new TrialResult { TrialSettings = settings, Metric = result.Metric, Loss = result.Loss });
        if (!cancellationToken.IsCancellationRequested) _store?.Add(settings, TrialState.Completed, result, result.Duration, null);
        _monitor.ReportCompletedTrial(result);
        if (result.IsBetterThan(_best))
        {
            (_best, _isBestRestored) = (result, false);
            _monitor.ReportBestTrial(result);
        }
        return result;
    }

    private void CheckMemory(TrialSettings settings)
    {
        if (_memory is not { } most) return;
        const double megabyte = 1 << 20;
        double trial = _runner!.EstimateMemory(settings) / megabyte, before = _memoryBefore / megabyte;
        if (trial + before > most)
            throw new FerException(FormattableString.Invariant($"The trial would take about {trial:F0} MB on top of {before:F0} MB, which is more than the limit of {most:F0} MB."));
    }

    private async Task<TrialResult> WithinTimeAsync(TrialSettings settings, TimeSpan grace, CancellationToken skip, CancellationToken cancellationToken)
    {
        bool limited = settings.TimeLimit != Timeout.InfiniteTimeSpan;
        using var overrun = limited ? new CancellationTokenSource(settings.TimeLimit + grace, _time) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, overrun.Token, skip);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = both.Token.Register(() => stopped.TrySetResult());
        // On a thread of its own, so that a runner that blocks can be left behind.
        var trial = Task.Run(() => _runner!.RunAsync(settings, both.Token), CancellationToken.None);
        await Task.WhenAny(trial, stopped.Task).ConfigureAwait(false);
        if (!trial.IsCompleted)
        {
            // Overdue trials get little more; a user who cancels wants the result of the hours before.
            var patience = !overrun.IsCancellationRequested ? CancelGrace : grace > LeastGrace ? grace : LeastGrace;
            using var done = new CancellationTokenSource();
            await Task.WhenAny(trial, Task.Delay(patience, _time, done.Token)).ConfigureAwait(false);
            done.Cancel();
            if (!trial.IsCompleted)
            {
                _ = trial.ContinueWith(t => t.Exception, TaskScheduler.Default);
                throw new TimeoutException($"The trial did not stop when it was told to, {patience.TotalSeconds:0.#} s after its time.");
            }
        }
        return await trial.ConfigureAwait(false);
    }
}
