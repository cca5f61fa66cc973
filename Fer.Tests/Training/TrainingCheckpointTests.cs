using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;
using Fer.Tests.AutoML;

namespace Fer.Tests.Training;

public sealed class TrainingCheckpointTests : IDisposable
{
    private static readonly FaceSet Training = SyntheticFaces.Create(64), Validation = SyntheticFaces.Create(32, seed: 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ImageClassificationTrainer.Options Small => new()
    {
        InputSide = 16,
        Width = 0.25,
        Epoch = 4,
        BatchSize = 8,
        LearningRate = 0.02,
        Threads = 2,
        Mixup = 0.2,
    };

    private string Checkpoint => Path.Combine(_folder.Path, "training.ckpt");

    private static TrainingResult Fit(ImageClassificationTrainer.Options options, CancellationToken? cancellation = null,
        FaceSet? training = null) =>
        new ImageClassificationTrainer(options).Fit(training ?? Training, Validation, cancellation
            ?? TestContext.Current.CancellationToken);

    /// <summary>Trains until a step and dies there, as a killed process does: nothing is saved on the way out.</summary>
    private void Die(ImageClassificationTrainer.Options options, long atStep) => Assert.Throws<OutOfMemoryException>(() => Fit(options with
    {
        WorkspacePath = _folder.Path,
        Resume = true,
        ProgressCallback = progress =>
        {
            if (progress.Step == atStep) throw new OutOfMemoryException();
        },
    }));

    private void Pause(ImageClassificationTrainer.Options options, long atStep)
    {
        using var cancel = new CancellationTokenSource();
        var result = Fit(options with
        {
            WorkspacePath = _folder.Path,
            Resume = true,
            ProgressCallback = progress =>
            {
                if (progress.Step == atStep) cancel.Cancel();
            },
        }, cancel.Token);
        Assert.Equal(TrainingOutcome.Cancelled, result.Outcome);
    }

    private TrainingResult Resume(ImageClassificationTrainer.Options options, Action<TrainingProgress>? progress = null) =>
        Fit(options with { WorkspacePath = _folder.Path, Resume = true, ProgressCallback = progress });

    private static void AssertSame(TrainingResult expected, TrainingResult actual)
    {
        Assert.Equal(expected.Network.Parameters.Values, actual.Network.Parameters.Values);
        Assert.Equal(expected.History.Select(Figures), actual.History.Select(Figures));
        Assert.Equal((expected.BestEpoch, expected.Steps, expected.Outcome), (actual.BestEpoch, actual.Steps, actual.Outcome));

        static TrainingMetrics Figures(TrainingMetrics m) =>
            m with { Seconds = 0, ImagesPerSecond = 0, LoaderWaitShare = 0, EngineShare = 0 };
    }

    public static TheoryData<string> Kinds => ["sgd", "nadam", "plateau", "stopping", "progressive", "plain"];

    private static ImageClassificationTrainer.Options Kind(string kind) => kind switch
    {
        "sgd" => Small,
        "nadam" => Small with { Optimizer = OptimizerKind.Nadam, LearningRate = 0.003, GradientClipping = 1 },
        "plateau" => Small with { LearningRateScheduler = new ReduceOnPlateau { Patience = 1, MinDelta = 10 } },
        "stopping" => Small with { Epoch = 20, EarlyStoppingCriteria = new EarlyStopping { Patience = 3, MinDelta = 0.6 } },
        "progressive" => Small with { ProgressiveResizing = 0.5, ProgressiveSide = 8 },
        _ => Small with
        {
            ExponentialMovingAverage = 0,
            Mixup = 0,
            Dropout = 0,
            Augmentation = FaceAugmentation.None,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 0.003
        },
    };

    [Theory, MemberData(nameof(Kinds))]
    public void A_run_killed_and_paused_ends_with_the_weights_of_one_never_stopped(string kind)
    {
        var options = Kind(kind);
        var straight = Fit(options);
        // Within the second epoch, then within what follows, then at the very end of an epoch.
        Die(options, 13);
        Pause(options, 19);
        Pause(options, 24);
        AssertSame(straight, Resume(options));
    }

    [Fact]
    public void A_killed_run_loses_no_more_than_its_unfinished_epoch()
    {
        Die(Small, 21);
        long first = 0;
        Resume(Small, progress => first = first == 0 ? progress.Step : first);
        Assert.Equal(17, first);
    }

    [Fact]
    public void Within_a_long_epoch_a_checkpoint_is_written_at_intervals()
    {
        var options = Small with { CheckpointInterval = TimeSpan.FromTicks(1) };
        var straight = Fit(options);
        Die(options, 6);
        long first = 0;
        AssertSame(straight, Resume(options, progress => first = first == 0 ? progress.Step : first));
        Assert.Equal(6, first);
    }

    [Fact]
    public void A_finished_run_is_not_trained_again()
    {
        var straight = Fit(Small with { WorkspacePath = _folder.Path });
        AssertSame(straight, Resume(Small, _ => Assert.Fail("It trains again.")));
    }

    [Fact]
    public void Time_before_the_stop_counts_against_the_budget()
    {
        var time = new ManualTime();
        var options = Small with { Epoch = null, TimeBudget = TimeSpan.FromSeconds(10), Clock = time };
        using var cancel = new CancellationTokenSource();
        Fit(options with
        {
            WorkspacePath = _folder.Path,
            ProgressCallback = progress =>
            {
                time.Advance(0.1);
                if (progress.Elapsed > TimeSpan.FromSeconds(6)) cancel.Cancel();
            },
        }, cancel.Token);
        // The machine is off for an hour, which costs the run nothing.
        time.Advance(3600);
        var rates = new List<double>();
        var elapsed = new List<TimeSpan>();
        var result = Resume(options, progress =>
        {
            time.Advance(0.1);
            rates.Add(progress.LearningRate);
            elapsed.Add(progress.Elapsed);
        });
        Assert.InRange(elapsed[0].TotalSeconds, 6, 6.3);
        Assert.InRange(elapsed[^1].TotalSeconds, 9, 10);
        Assert.Equal(0, rates[^1]);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
    }

    [Fact]
    public void Other_options_or_data_are_told_by_name()
    {
        Die(Small, 10);
        Refused("LearningRate is '0.02', this one's '0.03'", Small with { LearningRate = 0.03 });
        Refused("Optimizer", Small with { Optimizer = OptimizerKind.Adam });
        Refused("Augmentation", Small with { Augmentation = FaceAugmentation.Light });
        Assert.Contains("TrainingData", Assert.Throws<InterruptionException>(() =>
            Fit(Small with { WorkspacePath = _folder.Path, Resume = true }, training: SyntheticFaces.Create(64, seed: 5))).Message);

        void Refused(string what, ImageClassificationTrainer.Options options)
        {
            string message = Assert.Throws<InterruptionException>(() => Resume(options)).Message;
            Assert.Contains(what, message);
            Assert.Contains("training.ckpt", message);
        }
    }

    [Fact]
    public void More_threads_may_be_given_to_a_run_that_goes_on()
    {
        Die(Small, 10);
        var told = new List<string?>();
        var result = Fit(Small with
        {
            WorkspacePath = _folder.Path,
            Resume = true,
            Threads = 1,
            MetricsCallback = m => { if (m.Warning is not null) told.Add(m.Warning); },
        });
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.Contains("2 threads", result.Warning);
        Assert.Contains("1 thread ", result.Warning);
        Assert.Contains("not bit for bit", result.Warning);
        Assert.Equal([result.Warning], told);
        // The checkpoint remembers it.
        Assert.Contains("not bit for bit", Resume(Small).Warning);
    }

    [Fact]
    public void On_the_same_thread_count_there_is_nothing_to_warn_of()
    {
        Die(Small, 10);
        Assert.Null(Resume(Small).Warning);
    }

    [Fact]
    public void Any_damage_is_noticed_before_anything_is_used()
    {
        Die(Small, 10);
        byte[] whole = File.ReadAllBytes(Checkpoint);
        var random = new RandomStream(7);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = [.. whole];
            if (i % 4 == 0) damaged = damaged[..random.NextInt32(damaged.Length)];
            else damaged[i < 24 ? i : random.NextInt32(damaged.Length)] ^= (byte)(1 + random.NextInt32(255));
            File.WriteAllBytes(Checkpoint, damaged);
            string message = Assert.Throws<InterruptionException>(() => Resume(Small)).Message;
            Assert.Contains("training.ckpt", message);
        }
        File.WriteAllText(Checkpoint, new string('x', 200));
        Assert.Contains("not a checkpoint", Assert.Throws<InterruptionException>(() => Resume(Small)).Message);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("flipped")]
    [InlineData("empty")]
    public void A_damaged_checkpoint_costs_one_epoch_and_not_the_weights(string kind)
    {
        var straight = Fit(Small);
        Die(Small, 18);
        byte[] bytes = File.ReadAllBytes(Checkpoint);
        if (kind == "flipped") bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Checkpoint, kind == "empty" ? [] : kind == "truncated" ? bytes[..^100] : bytes);
        var told = new List<string?>();
        long first = 0;
        var resumed = Fit(Small with
        {
            WorkspacePath = _folder.Path,
            Resume = true,
            ProgressCallback = progress => first = first == 0 ? progress.Step : first,
            MetricsCallback = m => { if (m.Warning is not null) told.Add(m.Warning); },
        });
        AssertSame(straight, resumed);
        Assert.Equal(9, first);
        Assert.Contains("the checkpoint before it", Assert.Single(told));
        Assert.Equal(told[0], resumed.Warning);
    }

    /// <summary>Trains while nothing can be written from the second epoch on; hears the warnings.</summary>
    private TrainingResult FitOnFullDisk(string folder, Action fill, Action<string> warned) => Fit(Small with
    {
        WorkspacePath = folder,
        Resume = true,
        Clock = new HastyTime(),
        MetricsCallback = m =>
        {
            if (m.Train?.Epoch == 2) fill();
            if (m.Warning is { } warning) warned(warning);
        },
    });

    [Fact]
    public void A_full_disk_that_is_cleared_in_time_costs_nothing()
    {
        using var disk = SmallDisk.OrSkip(megabytes: 8);
        var told = new List<string>();
        var result = FitOnFullDisk(disk.Path, disk.Fill, warning =>
        {
            told.Add(warning);
            disk.Free();
        });
        AssertSame(Fit(Small), result);
        Assert.Contains("No space left", Assert.Single(told));
        Assert.Equal(2, Directory.GetFiles(disk.Path).Length);
    }

    [Fact]
    public void A_disk_that_stays_full_costs_no_epoch_but_the_running_one()
    {
        using var disk = SmallDisk.OrSkip(megabytes: 8);
        var error = Assert.Throws<UnwritableException>(() => FitOnFullDisk(disk.Path, disk.Fill, _ => { }));
        Assert.Contains("training.ckpt", error.Message);
        disk.Free();
        long first = 0;
        var resumed = Fit(Small with
        {
            WorkspacePath = disk.Path,
            Resume = true,
            ProgressCallback = progress => first = first == 0 ? progress.Step : first,
        });
        Assert.Equal(17, first);
        AssertSame(Fit(Small), resumed);
    }

    [Fact]
    public void A_folder_in_the_checkpoints_way_is_as_good_as_a_full_disk()
    {
        string way = _folder.File("training.ckpt.before");
        var result = FitOnFullDisk(_folder.Path, () =>
        {
            File.Delete(way);
            Directory.CreateDirectory(Path.Combine(way, "w"));
        }, _ => Directory.Delete(way, recursive: true));
        AssertSame(Fit(Small), result);
    }

    [Fact]
    public void Stopped_on_a_full_disk_the_weights_are_there_in_memory()
    {
        string way = _folder.File("training.ckpt.before");
        Directory.CreateDirectory(Path.Combine(way, "w"));
        using var cancel = new CancellationTokenSource();
        var told = new List<string>();
        var result = Fit(Small with
        {
            WorkspacePath = _folder.Path,
            ProgressCallback = progress =>
            {
                if (progress.Step == 13) cancel.Cancel();
            },
            MetricsCallback = m =>
            {
                if (m.Warning is { } warning) told.Add(warning);
            },
            Clock = new HastyTime(),
        }, cancel.Token);
        Assert.Equal((TrainingOutcome.Cancelled, 1), (result.Outcome, result.BestEpoch));
        Assert.Contains("The checkpoint before stays", Assert.Single(told));
    }

    [Fact]
    public void Resume_without_a_place_is_refused() =>
        Assert.Contains(
            "WorkspacePath", Assert.Throws<FerUsageException>(() => new ImageClassificationTrainer(Small with { Resume = true })).Message);

    [Fact]
    public void Networks_of_one_input_size_cannot_be_resized() =>
        Assert.Contains("ProgressiveResizing", Assert.Throws<FerUsageException>(() =>
            new ImageClassificationTrainer(
                Small with { Arch = "ThreeConvolutionCnn", ProgressiveResizing = 0.5, ProgressiveSide = 8 })).Message);
}
