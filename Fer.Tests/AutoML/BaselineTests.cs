using System.Text.Json;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Runs;
using Fer.Tests.Models.Backbones;
using Fer.Tests.Training;
using Microsoft.ML;

namespace Fer.Tests.AutoML;

/// <summary>Baselines on a small backbone of three channels at 32 pixels.</summary>
public sealed class BaselineTests : IDisposable
{
    private static readonly FaceSet Training = SyntheticFaces.Create(600, 3, seed: 5), Validation = SyntheticFaces.Create(90, 3, seed: 6);

    private static readonly BackboneEntry Entry = new()
    {
        Name = "Large",
        Origin = "large.onnx",
        Sha256 = new string('0', 64),
        Bytes = 1,
        Preprocessing = "imagenet",
        Input = "3x224x224",
        Features = 512,
        Parameters = 1,
        MultiplyAccumulates = 1_800_000_000,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly BaselinePlan _plan = new("Tiny", 32, 500, 80, TrialSeconds: 60);

    public BaselineTests() => TestBackbone.Add(_folder.File("backbones"), "Tiny");

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FaceExperimentOptions Options => new()
    {
        Budget = TimeSpan.FromMinutes(10),
        // LightGBM's threads wait for one another by spinning, which takes long on a busy machine.
        Threads = 1,
        BackboneFolder = _folder.File("backbones"),
        BottleneckFolder = _folder.File("features"),
    };

    private TrialSettings Settings(BaselineTrainer trainer) => new()
    {
        TrialId = (int)trainer,
        Parameter = _plan.Settings[(int)trainer],
        Seed = 1,
        Phase = TrialPhase.Baseline,
        TimeLimit = _plan.TrialTime,
    };

    [Theory]
    [InlineData(500, 64, 3000, 1500)] // 18 s, half of it for features: 4,500 faces at 64 pixels
    [InlineData(2000, 128, 3000, 1500)]
    [InlineData(60_000, 224, 28_709, 3589)]
    public void Less_speed_is_smaller_pictures_and_fewer_faces(double facesPerSecond, int side, int training, int validation)
    {
        var plan = BaselinePlan.Choose([(Entry, facesPerSecond)], TimeSpan.FromMinutes(15), 28_709, 3589)!;
        Assert.Equal((side, training, validation), (plan.Side, plan.Training, plan.Validation));
        Assert.Equal(0.02 * 900, plan.Settings.Count * plan.TrialTime.TotalSeconds, 1e-9);
        Assert.Equal((BaselineTrainer.LightGbm, plan with { TrialSeconds = 0 }), BaselinePlan.Parse(plan.Settings[1]));
    }

    [Fact]
    public void Without_the_time_there_is_no_baseline()
    {
        Assert.Null(BaselinePlan.Choose([(Entry, 1e9)], TimeSpan.FromMinutes(4), 28_709, 3589));
        Assert.Null(BaselinePlan.Choose([(Entry, 100)], TimeSpan.FromMinutes(15), 28_709, 3589));
        Assert.Null(BaselinePlan.Choose([], TimeSpan.FromMinutes(15), 28_709, 3589));
    }

    /// <summary>The command line gives an empty list without --architectures; read as a choice, it left out every backbone.</summary>
    [Fact]
    public void No_architecture_named_is_all_of_them_with_the_backbones()
    {
        Assert.Null(new FaceExperimentOptions { Budget = TimeSpan.FromMinutes(1), Architectures = [] }.Architectures);
        Assert.Equal(["FerNet"], new FaceExperimentOptions { Budget = TimeSpan.FromMinutes(1), Architectures = ["FerNet"] }.Architectures!);
    }

    [Fact]
    public void Of_several_backbones_the_one_that_sees_more_is_taken() => Assert.Equal(
        "Fast", BaselinePlan.Choose([(Entry, 500), (Entry with { Name = "Fast" }, 50_000)], TimeSpan.FromMinutes(15), 28_709,
            3589)!.Backbone);

    [Theory]
    [InlineData(BaselineTrainer.SdcaMaximumEntropy)]
    [InlineData(BaselineTrainer.LightGbm)]
    public async Task A_trainer_of_mlnet_learns_from_frozen_features(object trainer)
    {
        using var runner = new FaceTrialRunner(new SearchSpace<FaceSearchOptions>(), Training, Validation, 1200, [], Options,
            new MonitorGroup(), null);
        var settings = Settings((BaselineTrainer)trainer);
        Assert.True(runner.EstimateMemory(settings) > 0);
        var result = await runner.RunAsync(settings, Cancel);
        // Stripes of three directions, one in three right by chance.
        Assert.InRange(result.Metric, 0.55, 1);
        Assert.True(double.IsFinite(result.LogLoss));
        Assert.NotNull(result.Model);
        // The features were computed once and are kept for a resumed run.
        Assert.Equal(2, Directory.GetFiles(_folder.File("features")).Length);
    }

    [Fact]
    public void The_speed_of_a_backbone_is_measured() => Assert.InRange(BaselineTrials.FacesPerSecond("Tiny", 32, Options), 10, 1e7);

    [Fact]
    public async Task The_first_baseline_may_take_longer_and_the_next_has_what_is_left()
    {
        var time = new ManualTime();
        var monitor = new RecordingMonitor();
        var runner = new ScriptedRunner(time) { Wants = s => s.TrialId == 0 ? 80 : 1 };
        await new MLContext().Auto().CreateExperiment(time).SetSearchSpace(new SearchSpace<ScriptedOptions>()).SetTrialRunner(runner)
            .SetMonitor(monitor).SetMaxModelToExplore(1)
            .SetBaselines([.. Enumerable.Repeat(new SearchSpace<ScriptedOptions>().Default, 3)], TimeSpan.FromSeconds(60)).RunAsync(Cancel);
        // Of three minutes: all but half a minute for each of the two after it, and so on.
        Assert.Equal([120, 70, 99], monitor.Running.Take(3).Select(s => s.TimeLimit.TotalSeconds));
    }

    [Fact]
    public async Task Baselines_come_first_are_never_the_best_and_are_kept_over_a_stop()
    {
        var time = new ManualTime();
        using var stop = new CancellationTokenSource();
        var runner = new ScriptedWithBaselines(time, settings =>
        {
            if (settings.TrialId == 3) stop.Cancel();
        });
        AutoMLExperiment Experiment(ITrialRunner runs, IMonitor monitor) => new MLContext().Auto().CreateExperiment(time)
            .SetSearchSpace(new SearchSpace<ScriptedOptions>()).SetTrialRunner(runs).SetMonitor(monitor).SetSeed(4).SetMaxModelToExplore(6)
            .SetBaselines(_plan.Settings, _plan.TrialTime).SetCheckpoint(_folder.Path);

        var first = new RecordingMonitor();
        var reports = new TrialReportCollector();
        using (var log = new TrialLog(_folder.File("trials.jsonl")))
            await Experiment(runner, new MonitorGroup(first, reports, log)).RunAsync(stop.Token);
        Assert.Equal([TrialPhase.Baseline, TrialPhase.Baseline, TrialPhase.Exploration, TrialPhase.Exploration],
            first.Running.Select(s => s.Phase));
        Assert.All(first.Best, b => Assert.Equal(TrialPhase.Exploration, b.TrialSettings.Phase));
        string[] lines = File.ReadAllLines(_folder.File("trials.jsonl"));
        Assert.Equal("baseline", JsonDocument.Parse(lines[0]).RootElement.GetProperty("phase").GetString());
        Assert.Equal("Tiny", JsonDocument.Parse(lines[0]).RootElement.GetProperty("parameter").GetProperty("backbone").GetString());

        var later = new RecordingMonitor();
        var laterReports = new TrialReportCollector();
        var best = await Experiment(new ScriptedWithBaselines(time, _ => { }), new MonitorGroup(later, laterReports)).RunAsync(Cancel);
        Assert.Equal([3, 4, 5, 6, 7], later.Running.Select(s => s.TrialId));
        Assert.True(best.Metric < 0.9);
        var baselines = laterReports.Trials.Where(t => t.IsBaseline).ToArray();
        Assert.Equal([0.99, 0.99], baselines.Select(t => t.Score!.Value));
        Assert.All(baselines, t => Assert.Equal((ReportTrialState.Completed, 0), (t.State, t.Settings.Count)));
        Assert.Contains("BaselineTrainer=LightGbm Backbone=Tiny Side=32", baselines[1].Remark);
        Assert.Equal(best.TrialSettings.TrialId + 1, Assert.Single(laterReports.Trials, t => t.State == ReportTrialState.Best).Number);
        // What varies in the sweep is not widened by settings that it does not have.
        Assert.Equal(["Rate", "Kind", "Depth"], TrialCharts.Varying(laterReports.Trials));
        Assert.Equal(6, TrialCharts.Settings(laterReports.Trials).Lines.Count);
    }

    private sealed class ScriptedWithBaselines(ManualTime time, Action<TrialSettings> before) : ITrialRunner
    {
        private readonly ScriptedRunner _runner = new(time) { Wants = _ => 1, Before = before };

        public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken) =>
            settings.Phase == TrialPhase.Baseline
            ? Task.FromResult(new TrialResult { TrialSettings = settings, Metric = 0.99, DurationInMilliseconds = 1 })
            : _runner.RunAsync(settings, cancellationToken);

        public void Dispose() => _runner.Dispose();
    }
}
