namespace Fer.Pipeline.AutoML;

/// <summary>
/// The loop of every sweep: baselines first, then the tuner proposes, the runner trains, the monitor sees the result and the tuner learns
/// from it, and with a plan the winner is trained with what is left of the time. What an earlier run came to is taken from the store.
/// </summary>
internal sealed class ExperimentLoop
{
    /// <summary>Least time of the final training where it is the only one.</summary>
    private static readonly TimeSpan LeastFinal = TimeSpan.FromSeconds(0.5);

    private readonly ExperimentSetup _setup;
    private readonly TrialGuard _guard;
    private readonly long _start;
    private readonly ExcludedValues _excluded;
    private readonly List<TrialResult> _completed = [];
    private readonly Lock _lock = new();
    private TrialResult? _best;
    private bool _isBestRestored;
    private Exception? _lastFailure;
    private CancellationTokenSource? _skip;
    private int _next, _explored, _baselines, _finals;
    private TimeSpan _baselineTime;
    private bool _isComparingOver;

    internal ExperimentLoop(ExperimentSetup setup)
    {
        _setup = setup;
        _excluded = new ExcludedValues(setup.Space);
        _guard = new TrialGuard(setup.Runner, setup.Time, setup.MaximumMegabytes);
        _start = setup.Time.GetTimestamp();
    }

    private TimeSpan Elapsed => _setup.Store?.Elapsed ?? _setup.Time.GetElapsedTime(_start);

    /// <summary>Ends the running trial without a result; a final training ends with what it has. For any thread.</summary>
    internal void Skip()
    {
        lock (_lock) _skip?.Cancel();
    }

    /// <summary>Runs the loop to its end and gives the best result.</summary>
    internal async Task<TrialResult> RunAsync(CancellationToken cancellationToken)
    {
        _setup.Store?.Begin(_setup.Space, _setup.Tuner, _setup.Seed);
        Restore();
        // Once a final training has begun, comparing is over.
        if (!_isComparingOver)
        {
            await RunBaselinesAsync(cancellationToken).ConfigureAwait(false);
            await ExploreAsync(cancellationToken).ConfigureAwait(false);
        }
        if (_setup.Plan is { } plan) await TrainWinnersAsync(plan, cancellationToken).ConfigureAwait(false);
        if (_best is not null) return _isBestRestored ? _setup.Runner.Reopen(_best) : _best;
        cancellationToken.ThrowIfCancellationRequested();
        throw _lastFailure is null
            ? new FerException("The time was too short for a single trial. Give the experiment more minutes.")
            : new FerException($"No trial finished. The last one failed: {_lastFailure.Message}", _lastFailure);
    }

    /// <summary>Tells the tuner and the monitor what an earlier run came to.</summary>
    private void Restore()
    {
        var (space, tuner) = (_setup.Space, _setup.Tuner);
        foreach (var record in _setup.Store?.State.Trials ?? [])
        {
            TrialSettings settings;
            try
            {
                settings = record.ToSettings(space);
                if (record.Unfit is { } option && !settings.Parameter.Names.Contains(option))
                    throw new FormatException($"Trial {record.Id + 1L} has no {option}.");
            }
            catch (FormatException e)
            {
                throw _setup.Store!.Damaged(e);
            }
            _next = record.Id + 1;
            if (record.Phase == TrialPhase.Final) _isComparingOver = true;
            else if (record.Phase == TrialPhase.Baseline)
            {
                _baselines++;
                _baselineTime += TimeSpan.FromSeconds(record.Seconds);
            }
            else
            {
                _explored++;
                if (!_excluded.Replace(tuner.Propose(settings with { Parameter = space.Default })).Equals(settings.Parameter))
                    throw _setup.Store!.Other($"its trial {record.Id + 1} had settings that this one would not try");
            }
            if (record.State == TrialState.Completed)
            {
                var result = record.ToResult(space);
                if (record.Phase == TrialPhase.Exploration) tuner.Update(result);
                else if (record.Phase == TrialPhase.Final) _finals++;
                _completed.Add(result);
                if (record.Phase != TrialPhase.Baseline && result.IsBetterThan(_best)) (_best, _isBestRestored) = (result, true);
            }
            if (record.Unfit is { } unfit) _excluded.Add(unfit, settings.Parameter);
            _setup.Monitor.ReportRestoredTrial(record.ToRestored(space));
        }
    }

    /// <summary>Runs what the sweep is measured against; it is never the best, whatever it comes to.</summary>
    private async Task RunBaselinesAsync(CancellationToken cancellationToken)
    {
        for (; _baselines < _setup.Baselines.Count && !cancellationToken.IsCancellationRequested; _baselines++)
        {
            var limit = BaselineLimit();
            long start = _setup.Time.GetTimestamp();
            var settings = new TrialSettings
            {
                TrialId = _next++,
                Parameter = _setup.Baselines[_baselines],
                Seed = _setup.Seed,
                Phase = TrialPhase.Baseline,
                TimeLimit = limit,
            };
            await RunTrialAsync(settings, 0.1 * limit, cancellationToken).ConfigureAwait(false);
            _baselineTime += _setup.Time.GetElapsedTime(start);
        }
    }

    /// <summary>
    /// What is left of the time of all baselines, less half an even share for each of those after this one: the first one makes what all
    /// of them share.
    /// </summary>
    private TimeSpan BaselineLimit()
    {
        int after = _setup.Baselines.Count - _baselines - 1;
        var half = _setup.BaselineTime / 2;
        var left = _setup.Baselines.Count * _setup.BaselineTime - _baselineTime - after * half;
        return left > half ? left : half;
    }

    private async Task ExploreAsync(CancellationToken cancellationToken)
    {
        var (space, tuner, plan) = (_setup.Space, _setup.Tuner, _setup.Plan);
        var end = plan?.Exploration ?? _setup.TrainingTime ?? TimeSpan.MaxValue;
        // A pipeline without options has one setting.
        int most = plan is { Trials: 0 } ? 0 : space.FeatureSpaceDim == 0 ? 1 : _setup.MaxModels ?? plan?.Trials ?? int.MaxValue;
        for (; _explored < most && !tuner.IsExhausted && !cancellationToken.IsCancellationRequested; _explored++)
        {
            var left = end - Elapsed;
            if (left <= TimeSpan.Zero) break;
            var settings = new TrialSettings { TrialId = _next, Parameter = space.Default, Seed = _setup.Seed };
            settings = settings with { Parameter = _excluded.Replace(tuner.Propose(settings)), Fidelity = tuner.Fidelity };
            var limit = plan is not null ? settings.Fidelity * plan.TrialTime
                : _setup.TrainingTime is null ? Timeout.InfiniteTimeSpan : left;
            // The last planned trial is not lost to a little lateness.
            if (plan is not null && left < 0.8 * limit) break;
            _next++;
            settings = settings with { TimeLimit = limit };
            if (await RunTrialAsync(settings, 0.1 * limit, cancellationToken).ConfigureAwait(false) is { } result) tuner.Update(result);
        }
    }

    private async Task TrainWinnersAsync(BudgetPlan plan, CancellationToken cancellationToken)
    {
        var candidates = Candidates(plan);
        bool failed = false;
        for (int i = 0; i < candidates.Count && _finals < plan.Finals; i++)
        {
            var left = (plan.Budget - plan.Reserve - Elapsed) / (plan.Finals - _finals);
            // However late it is, there must be a model: a step or two make one.
            if (_best is null && !failed && left < LeastFinal) left = LeastFinal;
            // After a failure the runner-up is worth a try only while it has time to get past a short trial.
            if (failed && left < 0.05 * plan.Budget / plan.Finals) break;
            if (cancellationToken.IsCancellationRequested || left <= TimeSpan.Zero) break;
            // Networks that are averaged should not be the same one: the seed tells them apart.
            var settings = new TrialSettings
            {
                TrialId = _next++,
                Parameter = candidates[i],
                Seed = _setup.Seed + _finals,
                Phase = TrialPhase.Final,
                TimeLimit = left,
            };
            failed = await RunTrialAsync(settings, 0.01 * plan.Budget, cancellationToken).ConfigureAwait(false) is null;
            if (failed) continue;
            _finals++;
            i--;
        }
    }

    /// <summary>
    /// The settings worth a final training, the best first: longer trials say more than shorter ones. Where the best leads the default by
    /// no more than chance, the default, which is known to do well in long trainings, stays.
    /// </summary>
    private List<Parameter> Candidates(BudgetPlan plan)
    {
        var usual = _setup.Space.Default;
        var explored = _completed.Where(r => r.TrialSettings.Phase == TrialPhase.Exploration)
            .OrderByDescending(r => r.TrialSettings.Fidelity).ThenBy(r => r.Loss).ThenBy(r => r.LogLoss).ToArray();
        List<Parameter> candidates = [.. explored.Select(r => r.TrialSettings.Parameter).Append(usual).Distinct()];
        var tried = explored.FirstOrDefault(r => r.TrialSettings.Parameter.Equals(usual));
        bool isAsLong = tried?.TrialSettings.Fidelity >= explored.FirstOrDefault()?.TrialSettings.Fidelity;
        if (isAsLong && tried!.Loss - explored[0].Loss <= plan.Margin)
        {
            candidates.Remove(usual);
            candidates.Insert(0, usual);
        }
        return candidates;
    }

    /// <summary>Runs one trial to a result, or to null after a failure that was reported.</summary>
    /// <param name="settings">The trial.</param>
    /// <param name="grace">Time past its limit after which it is cancelled.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    private async Task<TrialResult?> RunTrialAsync(TrialSettings settings, TimeSpan grace, CancellationToken cancellationToken)
    {
        var (store, monitor, time) = (_setup.Store, _setup.Monitor, _setup.Time);
        store?.ReportRunningTrial(settings);
        monitor.ReportRunningTrial(settings);
        long start = time.GetTimestamp();
        TrialResult result;
        using var skip = new CancellationTokenSource();
        lock (_lock) _skip = skip;
        try
        {
            result = await _guard.RunAsync(settings, grace, skip.Token, cancellationToken).ConfigureAwait(false);
            if (result.DurationInMilliseconds == 0)
                result = result with { DurationInMilliseconds = time.GetElapsedTime(start).TotalMilliseconds };
            if (skip.IsCancellationRequested && settings.Phase != TrialPhase.Final) throw new TrialSkippedException();
            if (!double.IsFinite(result.Metric) || !double.IsFinite(result.Loss))
                throw new FerException("The training diverged: the loss is not a number.");
        }
        catch (InterruptionException)
        {
            // It says nothing of the setting: the trial is not over, and the next would fare no better.
            throw;
        }
        catch (Exception thrown)
        {
            Exception e = skip.IsCancellationRequested && settings.Phase != TrialPhase.Final ? new TrialSkippedException() : thrown;
            // A baseline is never the model, so its failure explains nothing.
            if (settings.Phase != TrialPhase.Baseline) _lastFailure = e;
            // What the user stopped is not over: it runs again when the experiment is resumed.
            var state = skip.IsCancellationRequested ? TrialState.Skipped : TrialState.Failed;
            string? unfit = (e as UnfitValueException)?.Option;
            if (!cancellationToken.IsCancellationRequested)
                store?.Add(settings, state, null, time.GetElapsedTime(start), e.Message, cancellationToken, unfit);
            if (unfit is not null) _excluded.Add(unfit, settings.Parameter);
            monitor.ReportFailTrial(settings, e);
            return null;
        }
        finally
        {
            lock (_lock) _skip = null;
        }
        // Of a result that is not the best only the figures are kept; its model is freed.
        _completed.Add(new TrialResult { TrialSettings = settings, Metric = result.Metric, Loss = result.Loss, LogLoss = result.LogLoss });
        if (!cancellationToken.IsCancellationRequested)
            store?.Add(settings, TrialState.Completed, result, result.Duration, null, cancellationToken);
        monitor.ReportCompletedTrial(result);
        if (settings.Phase != TrialPhase.Baseline && result.IsBetterThan(_best))
        {
            (_best, _isBestRestored) = (result, false);
            monitor.ReportBestTrial(result);
        }
        return result;
    }
}
