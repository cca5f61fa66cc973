using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Training;
using Fer.Tests.Models.Backbones;
using Fer.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Tests.AutoML;

/// <summary>Trials that go on from a small backbone of three channels at 32 pixels.</summary>
public sealed class FaceTrialRunnerTests : IDisposable
{
    private static readonly FaceSet Training = SyntheticFaces.Create(600, 3, seed: 5), Validation = SyntheticFaces.Create(60, 3, seed: 6);

    private readonly TemporaryFolder _folder = new();
    private readonly SearchSpace<FaceSearchOptions> _space = new SearchSpace<FaceSearchOptions>()
        .WithChoice(nameof(FaceSearchOptions.Architecture), "FerNet", "Tiny@32")
        .WithCondition(nameof(FaceSearchOptions.FineTune), nameof(FaceSearchOptions.Architecture), "Tiny@32");

    public FaceTrialRunnerTests() => TestBackbone.Add(_folder.File("backbones"), "Tiny");

    public void Dispose() => _folder.Dispose();

    private readonly List<BackboneCandidate> _heard = [];

    private FaceTrialRunner Runner(
        IEnumerable<(int TrialId, double Metric)>? ended = null, FaceSet? validation = null, TimeProvider? clock = null) => new(
        _space, Training, validation ?? Validation, facesOfFullTrial: 1200, [new BackboneCandidate("Tiny", 32, FacesPerSecond: 1e6)],
        new FaceExperimentOptions
        {
            Budget = TimeSpan.FromMinutes(5),
            Threads = 2,
            BackboneFolder = _folder.File("backbones"),
            BottleneckFolder = _folder.File("features"),
            Clock = clock ?? TimeProvider.System,
        },
        new MonitorGroup(), _folder.File("run"), ended)
        {
            SpeedsChanged = _heard.AddRange,
        };

    private TrialSettings Settings(FineTune fineTune, TrialPhase phase = TrialPhase.Exploration) => new()
    {
        TrialId = (int)fineTune,
        Parameter = _space.Default.With(nameof(FaceSearchOptions.Architecture), "Tiny@32").With(
            nameof(FaceSearchOptions.FineTune), fineTune),
        Seed = 1,
        Phase = phase,
        TimeLimit = TimeSpan.FromSeconds(60),
    };

    [Theory]
    [InlineData(FineTune.None)]
    [InlineData(FineTune.LastStage)]
    [InlineData(FineTune.All)]
    public async Task A_trial_goes_on_from_a_backbone(FineTune fineTune)
    {
        var runner = Runner();
        Assert.True(runner.EstimateMemory(Settings(fineTune)) > 0);
        var result = (FaceTrialResult)await runner.RunAsync(Settings(fineTune), TestContext.Current.CancellationToken);
        Assert.Equal("Tiny", result.Options.Arch);
        Assert.Equal(32, result.Options.ResizeTo);
        Assert.Equal(fineTune, result.Options.FineTune);
        Assert.Equal(new Shape(1, 48, 48), result.Training.Network.Input);
        Assert.Contains(result.Training.Network.Nodes, n => n.Operation is Resize);
        // Stripes of three directions, one in three right by chance.
        Assert.InRange(result.Metric, fineTune == FineTune.None ? 0.5 : 0.2, 1);
    }

    /// <summary>At 64 faces a tick, 600 faces take 14 of them and 512 take 12; a trial has 60 seconds.</summary>
    [Fact]
    public async Task Features_slower_than_expected_are_those_of_fewer_faces()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var runner = Runner(clock: new TickingTime(60 / 13.0, ticks: 30));
        var result = (FaceTrialResult)await runner.RunAsync(Settings(FineTune.None), cancellation);
        Assert.Equal(512, result.Faces);
        double speed = Assert.Single(_heard).FacesPerSecond;
        Assert.InRange(speed, 512 / 60.0, 600 / 60.0);
        // The next trial begins with as many, and after a stop the trial has the same ones again.
        var next = (FaceTrialResult)await runner.RunAsync(Settings(FineTune.None) with { TrialId = 9 }, cancellation);
        Assert.Equal(512, next.Faces);
        Assert.Single(_heard);
        var reopened = (FaceTrialResult)Runner().Reopen(new TrialResult
        {
            TrialSettings = Settings(FineTune.None) with { TimeLimit = Timeout.InfiniteTimeSpan },
            Metric = result.Metric,
            Faces = result.Faces,
        });
        Assert.Equal(result.Training.Network.Parameters.Values.ToArray(), reopened.Training.Network.Parameters.Values.ToArray());
    }

    [Fact]
    public async Task A_backbone_too_slow_for_the_fewest_faces_leaves_the_sweep()
    {
        var error = await Assert.ThrowsAsync<UnfitValueException>(() => Runner(clock: new TickingTime(20, ticks: 100)).RunAsync(
            Settings(FineTune.None), TestContext.Current.CancellationToken));
        Assert.Equal(nameof(FaceSearchOptions.Architecture), error.Option);
        Assert.Equal("The features of 512 faces take longer than the 60 seconds of the trial: " +
            "Tiny@32 is too slow here and leaves the sweep.", error.Message);
    }

    /// <summary>A clock that moves on each time it is looked at, a number of times.</summary>
    private sealed class TickingTime(double seconds, int ticks) : TimeProvider
    {
        private int _looks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (long)(Math.Min(ticks, Interlocked.Increment(ref _looks)) * seconds * TimestampFrequency);
    }

    [Fact]
    public async Task A_head_has_its_network_again_after_a_stop()
    {
        var settings = Settings(FineTune.None, TrialPhase.Final);
        var cancellation = TestContext.Current.CancellationToken;
        var completed = (FaceTrialResult)await Runner().RunAsync(settings, cancellation);
        var view = new MLContext(1).Data.SampleFaces(5);
        Assert.Equal(completed.Training.Network.Output.Length,
            ((VectorDataViewType)completed.Model!.Transform(view).Schema["Score"].Type).Size);
        Assert.True(Runner().HasNetwork(settings.TrialId, TrialPhase.Final));
        var reopened = (FaceTrialResult)Runner().Reopen(new TrialResult
        {
            TrialSettings = settings,
            Metric = completed.Metric,
            LogLoss = completed.LogLoss,
            DurationInMilliseconds = completed.DurationInMilliseconds,
        });
        Assert.Equal(completed.Metric, reopened.Metric);
        Assert.Equal(completed.DurationInMilliseconds, reopened.DurationInMilliseconds);
        Assert.Equal(completed.Training.Network.Parameters.Values.ToArray(), reopened.Training.Network.Parameters.Values.ToArray());
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(3, 0.6)]
    public async Task Small_pictures_come_first_where_there_is_time_for_what_follows(int epochs, double expected)
    {
        var settings = Settings(FineTune.None) with
        {
            Parameter = _space.Default.With(nameof(FaceSearchOptions.Width), 0.5),
            Fidelity = epochs * Training.Count / 1200.0
        };
        var result = (FaceTrialResult)await Runner().RunAsync(settings, TestContext.Current.CancellationToken);
        Assert.Equal("FerNet", result.Options.Arch);
        Assert.Equal(expected, result.Options.ProgressiveResizing);
        Assert.Equal(epochs, result.Training.History.Count);
    }

    [Fact]
    public async Task Checkpoints_of_trials_before_a_stop_are_pruned_after_it()
    {
        var ended = Enumerable.Range(100, 7).Select(id => (id, Metric: 2 + id / 1000.0)).ToArray();
        foreach (var (id, _) in ended) _folder.Write($"run/trial-{id + 1}/{TrainingCheckpoint.FileName}", "x");
        var settings = Settings(FineTune.None) with
        {
            TrialId = 110,
            Parameter = _space.Default.With(nameof(FaceSearchOptions.Width), 0.5),
            Fidelity = 0.5
        };
        var runner = Runner(ended);
        await runner.RunAsync(settings, TestContext.Current.CancellationToken);
        // Six stay: the best of those before, not the first of them and not the new one.
        Assert.Equal(ended.Skip(1).Select(e => e.id), ended.Select(e => e.id).Append(110).Where(id => runner.HasNetwork(id)));
    }

    [Fact]
    public async Task Other_data_leave_the_checkpoint_of_a_trial_as_it_is()
    {
        var settings = Settings(FineTune.None) with
        {
            TrialId = 3,
            Parameter = _space.Default.With(nameof(FaceSearchOptions.Width), 0.25),
            Fidelity = 0.5,
        };
        var cancellation = TestContext.Current.CancellationToken;
        var expected = await Runner().RunAsync(settings, cancellation);
        string checkpoint = _folder.File("run/trial-004/training.ckpt");
        byte[] before = await File.ReadAllBytesAsync(checkpoint, cancellation);
        await Assert.ThrowsAsync<InterruptionException>(
            () => Runner(validation: SyntheticFaces.Create(60, 3, seed: 7)).RunAsync(settings, cancellation));
        Assert.Equal(before, await File.ReadAllBytesAsync(checkpoint, cancellation));
        Assert.Equal(expected.Metric, (await Runner().RunAsync(settings, cancellation)).Metric);
    }

    [Theory]
    [InlineData(29, 10, 1.0)]
    [InlineData(31, 10, 0.0059)]
    public void Trials_too_short_to_tell_leave_the_default(double trialSeconds, double epochSeconds, double expected)
    {
        var plan = BudgetPlan.Create(TimeSpan.FromHours(1), TimeSpan.Zero,
            TimeSpan.FromSeconds(10)) with
        { TrialTime = TimeSpan.FromSeconds(trialSeconds) };
        Assert.Equal(expected, FaceExperiment.MarginOf(plan, TimeSpan.FromSeconds(epochSeconds), faces: 3589), 1e-4);
    }

    [Fact]
    public void What_is_trained_of_a_backbone_counts_for_backbones_alone()
    {
        double[] place = _space.MappingToFeatureSpace(Settings(FineTune.All).Parameter);
        Assert.Equal(FineTune.All, _space.SampleFromFeatureSpace(place)[nameof(FaceSearchOptions.FineTune)]);
        place[0] = 0;
        Assert.Equal(FineTune.None, _space.SampleFromFeatureSpace(place)[nameof(FaceSearchOptions.FineTune)]);
    }
}
