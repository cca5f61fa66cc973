using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Microsoft.ML;

namespace Fer.Tests.AutoML;

public sealed class ExperimentCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static BudgetPlan Plan => BudgetPlan.Create(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));

    private AutoMLExperiment Experiment(ManualTime time, ITrialRunner runner, IMonitor? monitor = null, string? folder = null,
        long seed = 4)
    {
        var experiment = new MLContext().Auto().CreateExperiment(time).SetSearchSpace(new SearchSpace<ScriptedOptions>()).SetTrialRunner(
            runner)
            .SetMonitor(monitor ?? new RecordingMonitor()).SetSeed(seed).SetBudgetPlan(Plan);
        return folder is null ? experiment : experiment.SetCheckpoint(folder);
    }

    [Fact]
    public async Task An_experiment_killed_again_and_again_goes_through_the_trials_of_one_never_stopped()
    {
        var time = new ManualTime();
        var straight = new ScriptedRunner(time);
        var expected = await Experiment(time, straight).RunAsync(Cancel);

        var all = new List<TrialSettings>();
        double used = 0;
        for (int life = 0; life < 100; life++)
        {
            time = new ManualTime();
            var kill = new CancellationTokenSource();
            int batches = 0;
            var runner = new ScriptedRunner(time)
            {
                // A kill within a trial: the process is gone, and the trial is not recorded.
                AfterBatch = _ =>
                {
                    if (++batches == 600 + 100 * life) kill.Cancel();
                },
            };
            var monitor = new RecordingMonitor();
            TrialResult? best = null;
            try
            {
                best = await Experiment(time, runner, monitor, _folder.Path).RunAsync(kill.Token);
            }
            catch (OperationCanceledException)
            {
            }
            all.AddRange(runner.Started);
            used += time.Now.TotalSeconds;
            if (kill.IsCancellationRequested) continue;
            Assert.True(life > 1);
            Assert.Equal(expected.Metric, best!.Metric);
            Assert.Equal(expected.TrialSettings.Parameter, best.TrialSettings.Parameter);
            break;
        }
        var trials = all.GroupBy(s => s.TrialId).Select(g => g.Last()).OrderBy(s => s.TrialId).ToArray();
        // What was cut off ran again with the same settings; the time that it had cost is gone, so the last short trials may be fewer.
        Assert.All(all.GroupBy(s => (s.TrialId, s.Phase)), g => Assert.Single(g.Select(s => (s.Parameter, s.Fidelity, s.Seed)).Distinct()));
        var explored = trials.Where(t => t.Phase == TrialPhase.Exploration).Select(t => t.Parameter).ToArray();
        Assert.Equal(straight.Started.Select(s => s.Parameter).Take(explored.Length), explored);
        Assert.Equal(TrialPhase.Final, trials[^1].Phase);
    }

    [Fact]
    public async Task A_value_that_left_a_sweep_stays_out_after_a_stop()
    {
        var time = new ManualTime();
        var straight = new ScriptedRunner(time) { Before = AutoMLExperimentTests.IsGoodTooSlow };
        await Experiment(time, straight).RunAsync(Cancel);
        Assert.Single(straight.Started, s => s.Parameter["Kind"].Equals("good"));

        time = new ManualTime();
        using var stop = new CancellationTokenSource();
        var first = new ScriptedRunner(time)
        {
            Before = AutoMLExperimentTests.IsGoodTooSlow,
            AfterBatch = s =>
            {
                if (s.TrialId == 6) stop.Cancel();
            },
        };
        await Experiment(time, first, folder: _folder.Path).RunAsync(stop.Token);
        time = new ManualTime();
        var second = new ScriptedRunner(time) { Before = AutoMLExperimentTests.IsGoodTooSlow };
        await Experiment(time, second, folder: _folder.Path).RunAsync(Cancel);
        Assert.Equal(straight.Started.Select(s => s.Parameter), first.Started.SkipLast(1).Concat(second.Started).Select(s => s.Parameter));
    }

    [Fact]
    public async Task A_full_disk_ends_no_trial_and_the_experiment_continues_where_it_was()
    {
        var time = new ManualTime();
        var straight = new ScriptedRunner(time);
        var expected = await Experiment(time, straight).RunAsync(Cancel);

        time = new ManualTime();
        var monitor = new RecordingMonitor();
        var runner = new ScriptedRunner(time)
        {
            AfterBatch = s =>
            {
                if (s.TrialId == 3) throw new UnwritableException("training.ckpt", new IOException("No space left on device"));
            },
        };
        await Assert.ThrowsAsync<UnwritableException>(() => Experiment(time, runner, monitor, _folder.Path).RunAsync(Cancel));
        Assert.Empty(monitor.Failed);
        Assert.Equal([0, 1, 2], ExperimentStore.Read(_folder.File(ExperimentStore.FileName))!.Trials.Select(t => t.Id));

        var again = new ManualTime();
        var resumed = await Experiment(again, new ScriptedRunner(again), folder: _folder.Path).RunAsync(Cancel);
        Assert.Equal(expected.Metric, resumed.Metric);
    }

    [Fact]
    public async Task A_kill_costs_the_budget_no_more_than_a_second()
    {
        var time = new ManualTime();
        var lost = new List<double>();
        int batches = 0;
        var runner = new ScriptedRunner(time)
        {
            AfterBatch = _ =>
            {
                if (++batches % 37 != 0) return;
                lost.Add(time.Now.TotalSeconds - ExperimentStore.Read(_folder.File(ExperimentStore.FileName))!.ElapsedSeconds);
            },
        };
        await Experiment(time, runner, folder: _folder.Path).RunAsync(Cancel);
        Assert.True(lost.Count > 50);
        Assert.All(lost, seconds => Assert.InRange(seconds, 0, 1.01));
    }

    [Fact]
    public void Time_before_there_is_a_plan_counts_as_well()
    {
        var time = new ManualTime();
        using (var store = new ExperimentStore(_folder.Path, time))
        {
            store.StartClock();
            for (int i = 0; i < 10; i++) time.Advance(1);
        }
        using (var store = new ExperimentStore(_folder.Path, time))
        {
            store.StartClock();
            time.Advance(5);
            Assert.Equal(15, store.Total.TotalSeconds, 1e-6);
            store.SetPlan(new PlanRecord
            {
                DataSha256 = "",
                BudgetSeconds = 60,
                PlanningSeconds = store.Total.TotalSeconds,
                Plan = Plan,
                Width = 1,
                ImagesPerSecond = new Dictionary<string, double>(),
            });
            time.Advance(2);
            Assert.Equal(2, store.Elapsed.TotalSeconds, 1e-6);
        }
        using var last = new ExperimentStore(_folder.Path, time);
        Assert.Equal((17, 2), (last.Total.TotalSeconds, last.Elapsed.TotalSeconds));
    }

    [Fact]
    public async Task Figures_come_back_in_full_precision_and_the_model_is_opened_again()
    {
        var time = new ManualTime();
        var first = await Experiment(time, new ScriptedRunner(time), folder: _folder.Path).RunAsync(Cancel);
        var runner = new ReopeningRunner();
        var monitor = new RestoredMonitor();
        var again = await Experiment(new ManualTime(), runner, monitor, _folder.Path).RunAsync(Cancel);
        Assert.Equal(0, runner.Ran);
        Assert.Equal("opened again", Assert.IsType<ReopeningRunner.Opened>(again).Note);
        Assert.Equal(BitConverter.DoubleToInt64Bits(first.Metric), BitConverter.DoubleToInt64Bits(again.Metric));
        Assert.Equal(first.TrialSettings.Parameter, again.TrialSettings.Parameter);
        Assert.True(monitor.Trials.Count > 5);
        Assert.Contains(monitor.Trials, t => t.Result!.Metric == first.Metric);
    }

    [Fact]
    public async Task Time_used_before_counts()
    {
        var time = new ManualTime();
        using var stop = new CancellationTokenSource();
        var runner = new ScriptedRunner(time)
        {
            AfterBatch = s =>
            {
                if (s.Phase == TrialPhase.Final) stop.Cancel();
            },
        };
        await Experiment(time, runner, folder: _folder.Path).RunAsync(stop.Token);
        double before = time.Now.TotalSeconds;
        var later = new ManualTime();
        await Experiment(later, new ScriptedRunner(later), folder: _folder.Path).RunAsync(Cancel);
        // The cut-off final training is not recorded; what was recorded counts.
        Assert.InRange(before + later.Now.TotalSeconds, 0.9 * 1200, 1.05 * 1200);
        Assert.True(later.Now.TotalSeconds < 1200 - 0.5 * before);
    }

    [Theory]
    [InlineData(5, "seed")]
    [InlineData(4, null)]
    public async Task Another_experiment_in_the_folder_is_refused(long seed, string? told)
    {
        var time = new ManualTime();
        await Experiment(time, new ScriptedRunner(time), folder: _folder.Path).RunAsync(Cancel);
        var other = Experiment(time, new ScriptedRunner(time), folder: _folder.Path, seed: seed);
        if (told is null) await other.RunAsync(Cancel);
        else Assert.Contains(told, (await Assert.ThrowsAsync<InterruptionException>(() => other.RunAsync(Cancel))).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":99}")]
    [InlineData("{\"version\":2,\"elapsedSeconds\":-1}")]
    [InlineData("not json")]
    [InlineData("{\"version\":2,\"trials\":[null]}")]
    [InlineData("{\"version\":2,\"options\":[null]}")]
    [InlineData("{\"version\":2,\"elapsedSeconds\":1e300}")]
    [InlineData("{\"version\":2,\"plan\":null,\"trials\":[{\"id\":-2}]}")]
    public async Task A_damaged_state_is_told_by_its_name(string text)
    {
        _folder.Write("experiment.json", text);
        var time = new ManualTime();
        var error = await Assert.ThrowsAsync<FerException>(
            () => Experiment(time, new ScriptedRunner(time), folder: _folder.Path).RunAsync(Cancel));
        Assert.Contains("experiment.json", error.Message);
    }

    [Fact]
    public async Task A_skipped_trial_has_no_result_and_the_sweep_goes_on()
    {
        var time = new ManualTime();
        AutoMLExperiment? experiment = null;
        int batches = 0;
        var monitor = new RecordingMonitor();
        var runner = new ScriptedRunner(time)
        {
            AfterBatch = s =>
            {
                if (s.TrialId == 2 && batches++ == 1) experiment!.SkipRunningTrial();
            },
        };
        experiment = Experiment(time, runner, monitor, _folder.Path);
        await experiment.RunAsync(Cancel);
        var (settings, error) = Assert.Single(monitor.Failed);
        Assert.Equal(2, settings.TrialId);
        Assert.IsType<OperationCanceledException>(error, exactMatch: false);
        Assert.InRange(batches, 2, 4);
        Assert.Equal(TrialPhase.Final, monitor.Completed[^1].TrialSettings.Phase);
        Assert.Contains("\"skipped\"", File.ReadAllText(_folder.File("experiment.json")));
    }

    [Fact]
    public void Epochs_of_a_trial_that_was_left_behind_are_not_those_of_the_next()
    {
        var parameter = new SearchSpace<ScriptedOptions>().Default;
        TrialSettings Settings(int id) => new() { TrialId = id, Parameter = parameter, Seed = 1 };
        static TrialProgress Epoch(int trial, double accuracy) => new(trial, 1, 2, 1, accuracy, 1, accuracy, 100, IsEpochEnd: true);
        using var store = new ExperimentStore(_folder.Path, new ManualTime());
        store.ReportRunningTrial(Settings(0));
        store.ReportProgress(Epoch(0, 0.1));
        store.Add(Settings(0), TrialState.Failed, null, TimeSpan.FromSeconds(1), "overdue", Cancel);
        store.ReportRunningTrial(Settings(1));
        store.ReportProgress(Epoch(0, 0.2));
        store.ReportProgress(Epoch(1, 0.3));
        store.Add(Settings(1), TrialState.Failed, null, TimeSpan.FromSeconds(1), "overdue", Cancel);
        Assert.Equal([[0.1], [0.3]], ExperimentStore.Read(_folder.File(ExperimentStore.FileName))!.Trials.Select(
            t => t.Curve.Select(e => e[0]!.Value)));
    }

    [Fact]
    public async Task Trials_that_would_take_too_much_memory_fail_before_they_start()
    {
        var runner = new HungryRunner();
        var monitor = new RecordingMonitor();
        await new MLContext().Auto().CreateExperiment(new ManualTime()).SetSearchSpace(new SearchSpace<ScriptedOptions>()).SetTrialRunner(
            runner).SetMonitor(monitor)
            .SetMaxModelToExplore(8).SetMaximumMemoryUsageInMegaByte(Environment.WorkingSet / 1048576.0 + 3000).RunAsync(Cancel);
        Assert.NotEmpty(monitor.Failed);
        Assert.All(monitor.Failed, f => Assert.Contains("MB", f.Error.Message));
        Assert.All(runner.Ran, p => Assert.InRange((int)p["Depth"], 1, 2));
        Assert.Throws<FerUsageException>(() => new MLContext().Auto().CreateExperiment().SetMaximumMemoryUsageInMegaByte(0));
    }

    [Fact]
    public async Task A_lead_within_chance_leaves_the_default_in_place()
    {
        var time = new ManualTime();
        var runner = new ScriptedRunner(time);
        await Experiment(time, runner).SetBudgetPlan(Plan with { Margin = 1 }).RunAsync(Cancel);
        Assert.Equal(new SearchSpace<ScriptedOptions>().Default, runner.Started[^1].Parameter);
    }

    [Fact]
    public async Task Several_final_trainings_share_the_time_under_seeds_of_their_own()
    {
        var time = new ManualTime();
        var runner = new ScriptedRunner(time);
        await Experiment(time, runner).SetBudgetPlan(Plan with { Finals = 3 }).RunAsync(Cancel);
        var finals = runner.Started.Where(s => s.Phase == TrialPhase.Final).ToArray();
        Assert.Equal([4L, 5L, 6L], finals.Select(f => f.Seed));
        Assert.Single(finals.Select(f => f.Parameter).Distinct());
        Assert.InRange(finals[0].TimeLimit / finals[2].TimeLimit, 0.9, 1.1);
        Assert.InRange(time.Now / Plan.Budget, 0.9, 1);
    }

    private sealed class ReopeningRunner : ITrialRunner
    {
        internal int Ran { get; private set; }

        public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken)
        {
            Ran++;
            throw new InvalidOperationException();
        }

        public TrialResult Reopen(TrialResult completed) =>
            new Opened("opened again") { TrialSettings = completed.TrialSettings, Metric = completed.Metric, Loss = completed.Loss };

        public void Dispose() { }

        internal sealed record Opened(string Note) : TrialResult;
    }

    private sealed class HungryRunner : ITrialRunner
    {
        internal List<Parameter> Ran { get; } = [];

        public long EstimateMemory(TrialSettings settings) => (int)settings.Parameter["Depth"] * 1_250L << 20;

        public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken)
        {
            Ran.Add(settings.Parameter);
            return Task.FromResult(new TrialResult { TrialSettings = settings, Metric = 0.5 });
        }

        public void Dispose() { }
    }

    private sealed class RestoredMonitor : IMonitor
    {
        internal List<RestoredTrial> Trials { get; } = [];

        public void ReportRestoredTrial(RestoredTrial trial) => Trials.Add(trial);
        public void ReportRunningTrial(TrialSettings setting) { }
        public void ReportCompletedTrial(TrialResult result) { }
        public void ReportBestTrial(TrialResult result) { }
        public void ReportFailTrial(TrialSettings settings, Exception? exception = null) { }
    }
}
