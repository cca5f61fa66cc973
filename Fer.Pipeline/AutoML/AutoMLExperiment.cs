namespace Fer.Pipeline.AutoML;

/// <summary>
/// A sweep: the tuner proposes, the runner trains, the monitor sees the result, the tuner learns from it; until the time or the number of trials is used up.
/// With a <see cref="BudgetPlan"/> the sweep's winner is then trained with what is left of the budget.
/// A trial that throws, diverges or hangs is reported as failed and the sweep goes on.
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
    private SearchSpace? _space;
    private ITrialRunner? _runner;
    private ITuner? _tuner;
    private IMonitor _monitor = new MonitorGroup();
    private BudgetPlan? _plan;
    private TimeSpan? _trainingTime;
    private int? _maxModels;
    private long _seed;
    private TrialResult? _best;
    private Exception? _lastFailure;
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

    /// <summary>Sets what trains and scores a setting.</summary>
    public AutoMLExperiment SetTrialRunner(ITrialRunner runner)
    {
        _runner = runner;
        return this;
    }

    /// <summary>Sets what proposes settings; without it an <see cref="ExploreExploitTuner"/>.</summary>
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

    /// <summary>Runs the experiment and waits for it, as <see cref="RunAsync"/> does.</summary>
    public TrialResult Run() => RunAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Runs the experiment. Cancelled, it ends within a batch of the running trial and gives the best so far.</summary>
    /// <returns>The best result, as the runner made it.</returns>
    /// <exception cref="FerException">No trial finished.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before a trial finished.</exception>
    /// <exception cref="InvalidOperationException">No search space, runner or limit was set.</exception>
    public async Task<TrialResult> RunAsync(CancellationToken cancellationToken = default)
    {
        if (_space is null || _runner is null) throw new InvalidOperationException("An experiment needs a search space and a trial runner.");
        if (_plan is null && _trainingTime is null && _maxModels is null)
            throw new InvalidOperationException("An experiment needs a training time, a number of models or a budget plan.");
        _start = _time.GetTimestamp();
        _completed.Clear();
        _best = null;
        _lastFailure = null;
        var tuner = _tuner ?? new ExploreExploitTuner(_space, _seed);
        int trialId = await ExploreAsync(_space, tuner, cancellationToken).ConfigureAwait(false);
        if (_plan is not null) await TrainWinnerAsync(_plan, _space, trialId, cancellationToken).ConfigureAwait(false);
        if (_best is not null) return _best;
        cancellationToken.ThrowIfCancellationRequested();
        throw _lastFailure is null
            ? new FerException("The time was too short for a single trial. Give the experiment more minutes.")
            : new FerException($"No trial finished. The last one failed: {_lastFailure.Message}", _lastFailure);
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_start);

    private async Task<int> ExploreAsync(SearchSpace space, ITuner tuner, CancellationToken cancellationToken)
    {
        var end = _plan?.Exploration ?? _trainingTime ?? TimeSpan.MaxValue;
        int most = _plan is { Trials: 0 } ? 0 : _maxModels ?? (_plan is null ? int.MaxValue : BudgetPlan.MostTrials);
        int trialId = 0;
        for (; trialId < most && !cancellationToken.IsCancellationRequested; trialId++)
        {
            var left = end - Elapsed;
            // Trials that ended early leave room for more; the last planned one is not lost to a little lateness.
            if (left <= TimeSpan.Zero || (trialId >= _plan?.Trials && left < _plan.TrialTime)) break;
            var limit = _plan?.TrialTime ?? (_trainingTime is null ? Timeout.InfiniteTimeSpan : left);
            var settings = new TrialSettings { TrialId = trialId, Parameter = space.Default, Seed = _seed, TimeLimit = limit };
            settings = settings with { Parameter = tuner.Propose(settings) };
            if (await RunTrialAsync(settings, 0.1 * limit, cancellationToken).ConfigureAwait(false) is { } result) tuner.Update(result);
        }
        return trialId;
    }

    private async Task TrainWinnerAsync(BudgetPlan plan, SearchSpace space, int trialId, CancellationToken cancellationToken)
    {
        var candidates = _completed
            .OrderByDescending(r => r.Metric).ThenBy(r => r.Loss)
            .Select(r => r.TrialSettings.Parameter).Append(space.Default).Distinct().ToArray();
        bool failed = false;
        foreach (var parameter in candidates)
        {
            var left = plan.Budget - plan.Reserve - Elapsed;
            // However late it is, there must be a model: a step or two make one.
            if (_best is null && !failed && left < LeastFinal) left = LeastFinal;
            // After a failure the runner-up is worth a try only while it has time to get past a short trial.
            if (cancellationToken.IsCancellationRequested || left <= TimeSpan.Zero || (failed && left < 0.05 * plan.Budget)) break;
            var settings = new TrialSettings { TrialId = trialId++, Parameter = parameter, Seed = _seed, Phase = TrialPhase.Final, TimeLimit = left };
            if (await RunTrialAsync(settings, 0.01 * plan.Budget, cancellationToken).ConfigureAwait(false) is not null) break;
            failed = true;
        }
    }

    /// <summary>Runs one trial to a result, or to null after a failure that was reported.</summary>
    /// <param name="settings">The trial.</param>
    /// <param name="grace">Time past its limit after which it is cancelled.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    private async Task<TrialResult?> RunTrialAsync(TrialSettings settings, TimeSpan grace, CancellationToken cancellationToken)
    {
        _monitor.ReportRunningTrial(settings);
        long start = _time.GetTimestamp();
        TrialResult result;
        try
        {
            result = await WithinTimeAsync(settings, grace, cancellationToken).ConfigureAwait(false) with { Duration = _time.GetElapsedTime(start) };
            if (!double.IsFinite(result.Metric)) throw new FerException("The training diverged: the loss is not a number.");
        }
        catch (Exception e)
        {
            _lastFailure = e;
            _monitor.ReportFailTrial(settings, e);
            return null;
        }
        // Of a result that is not the best only the figures are kept; its model is freed.
        _completed.Add(new TrialResult { TrialSettings = settings, Metric = result.Metric, Loss = result.Loss });
        _monitor.ReportCompletedTrial(result);
        if (result.IsBetterThan(_best))
        {
            _best = result;
            _monitor.ReportBestTrial(result);
        }
        return result;
    }

    private async Task<TrialResult> WithinTimeAsync(TrialSettings settings, TimeSpan grace, CancellationToken cancellationToken)
    {
        bool limited = settings.TimeLimit != Timeout.InfiniteTimeSpan;
        using var overrun = limited ? new CancellationTokenSource(settings.TimeLimit + grace, _time) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, overrun.Token);
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
