using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Microsoft.ML;

namespace Fer.Tests.AutoML;

public class AutoMLExperimentTests
{
    private readonly ManualTime _time = new();
    private readonly RecordingMonitor _monitor = new();

    private AutoMLExperiment Experiment(ScriptedRunner runner, BudgetPlan? plan = null, long seed = 1)
    {
        var experiment = new MLContext().Auto().CreateExperiment(_time).SetSearchSpace(new SearchSpace<ScriptedOptions>()).SetTrialRunner(
            runner).SetMonitor(_monitor).SetSeed(seed);
        return plan is null ? experiment : experiment.SetBudgetPlan(plan);
    }

    private static BudgetPlan Plan(double minutes) =>
        BudgetPlan.Create(TimeSpan.FromMinutes(minutes), finish: TimeSpan.FromSeconds(2), epoch: TimeSpan.FromSeconds(3));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Best_setting_is_trained_with_the_time_that_is_left()
    {
        var plan = Plan(15);
        var best = await Experiment(new ScriptedRunner(_time), plan).RunAsync(Cancel);

        Assert.Equal(TrialPhase.Final, _monitor.Running[^1].Phase);
        var explored = _monitor.Completed.Where(r => r.TrialSettings.Phase == TrialPhase.Exploration).ToArray();
        Assert.InRange(explored.Length, 9, plan.Trials);
        Assert.Equal(
            explored.OrderByDescending(r => r.TrialSettings.Fidelity).ThenByDescending(r => r.Metric).First().TrialSettings.Parameter,
            _monitor.Running[^1].Parameter);
        Assert.Equal(_monitor.Completed.Max(r => r.Metric), best.Metric);
        Assert.True(_monitor.Running[^1].TimeLimit > 0.7 * plan.Budget);
        Assert.InRange(_time.Now / plan.Budget, 0.9, 1.0);
    }

    [Theory]
    [InlineData(0.5), InlineData(2), InlineData(15), InlineData(60)]
    public async Task Budget_is_kept_by_trials_that_overrun_their_time(double minutes)
    {
        var runner = new ScriptedRunner(_time) { Wants = _ => 10_000 };
        await Experiment(runner, Plan(minutes)).RunAsync(Cancel);
        Assert.InRange(_time.Now.TotalMinutes, 0, 1.05 * minutes);
    }

    [Fact]
    public async Task Trials_that_never_stop_are_left_behind_and_reported()
    {
        var runner = new ScriptedRunner(_time)
        {
            Wants = s => s.TrialId == 1 ? 100_000 : 1,
            Hangs = true,
            AfterBatch = s => { if (s.TrialId == 1) Task.Delay(1).Wait(); }
        };
        var best = await Experiment(runner).SetBudgetPlan(Plan(10)).SetMaxModelToExplore(2).RunAsync(Cancel);
        Assert.NotEqual(1, best.TrialSettings.TrialId);
        var (settings, error) = Assert.Single(_monitor.Failed);
        Assert.Equal(1, settings.TrialId);
        Assert.IsType<TimeoutException>(error);
    }

    [Fact]
    public async Task Failing_trials_are_recorded_and_the_sweep_goes_on()
    {
        var runner = new ScriptedRunner(_time)
        {
            Before = s =>
            {
                if (s.TrialId is 0 or 2) throw new InvalidOperationException("boom");
            },
        };
        var best = await Experiment(runner, Plan(15)).RunAsync(Cancel);
        Assert.Equal([0, 2], _monitor.Failed.Select(f => f.Settings.TrialId));
        Assert.All(_monitor.Failed, f => Assert.Equal("boom", f.Error.Message));
        Assert.True(double.IsFinite(best.Metric));
        Assert.Equal(TrialPhase.Final, _monitor.Completed[^1].TrialSettings.Phase);
    }

    [Fact]
    public async Task A_trial_that_comes_to_nothing_in_its_time_says_so()
    {
        var begun = TimeSpan.Zero;
        var runner = new ScriptedRunner(_time)
        {
            Before = _ => begun = _time.Now,
            Wants = s => s.TrialId == 1 ? 100_000 : 1,
            Hangs = true,
            AfterBatch = s =>
            {
                // It was told to stop a tenth after its time.
                if (s.TrialId == 1 && _time.Now - begun > 1.1 * s.TimeLimit) throw new OperationCanceledException("A cursor failed.");
            },
        };
        await Experiment(runner).SetBudgetPlan(Plan(10)).SetMaxModelToExplore(2).RunAsync(Cancel);
        var (settings, error) = Assert.Single(_monitor.Failed);
        Assert.Equal(1, settings.TrialId);
        Assert.Equal(FormattableString.Invariant($"It ran out of its {settings.TimeLimit.TotalSeconds:0.#} seconds."),
            Assert.IsType<TimeoutException>(error).Message);
    }

    [Fact]
    public async Task A_value_that_left_the_sweep_is_proposed_no_more()
    {
        var runner = new ScriptedRunner(_time) { Before = IsGoodTooSlow };
        await Experiment(runner).SetMaxModelToExplore(12).RunAsync(Cancel);
        Assert.Single(_monitor.Failed);
        Assert.Equal(12, runner.Started.Count);
        Assert.Single(runner.Started, s => s.Parameter["Kind"].Equals("good"));
    }

    /// <summary>One value of an option fails wherever it is tried.</summary>
    internal static void IsGoodTooSlow(TrialSettings settings)
    {
        if (settings.Parameter["Kind"].Equals("good")) throw new UnfitValueException("Kind", "Too slow.");
    }

    [Fact]
    public async Task Diverged_trials_count_as_failed()
    {
        var experiment = new MLContext().Auto().CreateExperiment(_time).SetSearchSpace(new SearchSpace<ScriptedOptions>()).SetMonitor(
            _monitor)
            .SetTrialRunner(new NanRunner()).SetMaxModelToExplore(3);
        var error = await Assert.ThrowsAsync<FerException>(() => experiment.RunAsync(Cancel));
        Assert.Equal(3, _monitor.Failed.Count);
        Assert.Contains("diverged", error.Message);
    }

    [Fact]
    public async Task Runner_up_is_trained_where_the_winner_fails_in_the_final_training()
    {
        int finals = 0;
        var runner = new ScriptedRunner(_time)
        {
            Before = s =>
            {
                if (s.Phase == TrialPhase.Final && finals++ == 0) throw new InvalidOperationException("diverged");
            },
        };
        await Experiment(runner, Plan(15)).RunAsync(Cancel);
        var ranked = _monitor.Completed.Where(r => r.TrialSettings.Phase == TrialPhase.Exploration)
            .OrderByDescending(r => r.TrialSettings.Fidelity).ThenByDescending(r => r.Metric).DistinctBy(r => r.TrialSettings.Parameter)
                .ToArray();
        var final = Assert.Single(_monitor.Completed, r => r.TrialSettings.Phase == TrialPhase.Final);
        Assert.Equal(ranked[1].TrialSettings.Parameter, final.TrialSettings.Parameter);
    }

    [Fact]
    public async Task Cancellation_in_the_final_training_gives_its_result_so_far()
    {
        using var cancel = new CancellationTokenSource();
        int batches = 0;
        var runner = new ScriptedRunner(_time)
        {
            AfterBatch = s =>
            {
                if (s.Phase == TrialPhase.Final && ++batches == 20) cancel.Cancel();
            },
        };
        var best = await Experiment(runner, Plan(15)).RunAsync(cancel.Token);
        Assert.InRange(batches, 20, 21);
        Assert.Equal(_monitor.Completed.Max(r => r.Metric), best.Metric);
        Assert.Equal(TrialPhase.Final, _monitor.Completed[^1].TrialSettings.Phase);
    }

    [Fact]
    public async Task Cancellation_in_a_short_trial_starts_no_other()
    {
        using var cancel = new CancellationTokenSource();
        var runner = new ScriptedRunner(_time)
        {
            AfterBatch = s =>
            {
                if (s.TrialId == 2) cancel.Cancel();
            },
        };
        await Experiment(runner, Plan(15)).RunAsync(cancel.Token);
        Assert.Equal([0, 1, 2], runner.Started.Select(s => s.TrialId));
    }

    [Fact]
    public async Task Cancellation_before_any_result_throws()
    {
        using var cancel = new CancellationTokenSource();
        var runner = new ScriptedRunner(_time)
        {
            Before = _ =>
            {
                cancel.Cancel();
                throw new OperationCanceledException();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Experiment(runner, Plan(15)).RunAsync(cancel.Token));
    }

    [Fact]
    public async Task Same_seed_proposes_the_same_settings_and_another_seed_others()
    {
        async Task<Parameter[]> Proposals(long seed)
        {
            var time = new ManualTime();
            var runner = new ScriptedRunner(time);
            await new MLContext().Auto().CreateExperiment(time).SetSearchSpace(new SearchSpace<ScriptedOptions>()).SetTrialRunner(runner)
                .SetSeed(seed)
                .SetMaxModelToExplore(12).RunAsync(Cancel);
            return [.. runner.Started.Select(s => s.Parameter)];
        }
        var first = await Proposals(5);
        Assert.Equal(12, first.Length);
        Assert.Equal(first, await Proposals(5));
        Assert.NotEqual(first, await Proposals(6));
    }

    [Fact]
    public async Task Training_time_alone_bounds_a_plain_sweep()
    {
        var runner = new ScriptedRunner(_time) { Wants = _ => 7 };
        await Experiment(runner).SetTrainingTimeInSeconds(30).RunAsync(Cancel);
        Assert.InRange(runner.Started.Count, 4, 5);
        Assert.InRange(_time.Now.TotalSeconds, 28, 34);
    }

    [Fact]
    public async Task Budget_too_short_to_compare_trains_the_default()
    {
        var runner = new ScriptedRunner(_time);
        await Experiment(runner, BudgetPlan.Create(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30))).RunAsync(
            Cancel);
        var only = Assert.Single(runner.Started);
        Assert.Equal(TrialPhase.Final, only.Phase);
        Assert.Equal(new SearchSpace<ScriptedOptions>().Default, only.Parameter);
    }

    [Theory]
    [InlineData(0), InlineData(-1), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void Training_time_that_is_no_positive_number_is_refused(double seconds) =>
        Assert.Throws<FerUsageException>(() => new MLContext().Auto().CreateExperiment().SetTrainingTimeInSeconds(seconds));

    private sealed class NanRunner : ITrialRunner
    {
        public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken) =>
            Task.FromResult(new TrialResult { TrialSettings = settings, Metric = double.NaN });

        public void Dispose() { }
    }
}
