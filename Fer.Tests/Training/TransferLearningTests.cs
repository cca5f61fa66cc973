using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

/// <summary>A small network learns two directions of stripes; others go on from it to three.</summary>
public sealed class TransferLearningTests : IDisposable
{
    private static readonly Lazy<(byte[] Zip, Network Network)> Trained = new(Train);
    private static readonly FaceSet Three = SyntheticFaces.Create(144, 3, seed: 5), Validation = SyntheticFaces.Create(60, 3, seed: 6);

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public TransferLearningTests() => _model = _folder.Write("model.zip", Trained.Value.Zip);

    public void Dispose() => _folder.Dispose();

    private static (byte[], Network) Train()
    {
        var faces = SyntheticFaces.Create(128);
        var network = new ImageClassificationTrainer(new()
        {
            InputSide = 24,
            Width = 0.25,
            Epoch = 5,
            BatchSize = 16,
            LearningRate = 0.02,
            Augmentation = FaceAugmentation.None,
            Threads = 2,
        }).Fit(faces).Network;
        using var folder = new TemporaryFolder();
        ModelZip.Save(folder.File("m.zip"), InferenceGraph.Create(network, LogitCalibration.OfTemperature(1.4, network.Output.Length)),
            new ModelManifest { ClassNames = faces.ClassNames, Scheme = "custom", Architecture = network.Architecture }, "{}");
        return (File.ReadAllBytes(folder.File("m.zip")), network);
    }

    private ImageClassificationTrainer.Options From(FineTune? fineTune) => new()
    {
        Arch = _model,
        FineTune = fineTune,
        Epoch = 4,
        BatchSize = 16,
        LearningRate = 0.02,
        ExponentialMovingAverage = 0.9f,
        Augmentation = FaceAugmentation.None,
        Dropout = 0.1f,
        Threads = 2,
        BottleneckFolder = _folder.File("features"),
    };

    private static TrainingResult Fit(ImageClassificationTrainer.Options options, FaceSet? training = null, FaceSet? validation = null) =>
        new ImageClassificationTrainer(options).Fit(training ?? Three, validation ?? Validation, TestContext.Current.CancellationToken);

    /// <summary>The parameters of the layers that the trained network shares with the result, with both values.</summary>
    private static IEnumerable<(NetworkParameter Before, NetworkParameter After)> Shared(TrainingResult result) =>
        from before in Trained.Value.Network.Parameters
        join after in result.Network.Parameters on before.Name equals after.Name
        select (before, after);

    private static bool IsSame((NetworkParameter Before, NetworkParameter After) pair) =>
        pair.Before.Values.SequenceEqual(pair.After.Values);

    [Fact]
    public void A_head_alone_learns_new_classes_on_features_that_are_computed_once()
    {
        var seen = new List<ImageClassificationMetrics>();
        var options = From(FineTune.None) with { MetricsCallback = seen.Add, Epoch = 8 };
        var first = Fit(options);
        Assert.Equal(new Shape(3), first.Network.Output);
        Assert.InRange(first.Best!.ValidationAccuracy!.Value, 0.8, 1);
        Assert.All(Shared(first), pair => Assert.True(IsSame(pair), pair.Before.Name));
        Assert.Equal(8, seen.Count(m => m.Train is not null));
        Assert.Contains(seen, m => m.Bottleneck is { DatasetUsed: BottleneckDataset.Train, Index: 144, Count: 144, FromCache: false });
        Assert.Contains(seen, m => m.Bottleneck is { DatasetUsed: BottleneckDataset.Validation, Index: 60, Count: 60, FromCache: false });
        // All of the first phase comes before all of the second.
        Assert.True(seen.FindLastIndex(m => m.Bottleneck is not null) < seen.FindIndex(m => m.Train is not null));

        // The network says of whole faces what the head said of features.
        using var pool = new WorkerPool(2);
        using var evaluator = new ModelEvaluator(first.Network, pool);
        Assert.Equal(first.Best.ValidationAccuracy!.Value, evaluator.Score(Validation, TestContext.Current.CancellationToken).Accuracy(
            Validation), 0.02);

        seen.Clear();
        var second = Fit(options);
        Assert.All(seen.Where(m => m.Bottleneck is not null), m => Assert.True(m.Bottleneck!.FromCache));
        Assert.Equal(first.Network.Parameters.Values.ToArray(), second.Network.Parameters.Values.ToArray());

        seen.Clear();
        Fit(options with { ReuseTrainSetBottleneckCachedValues = false });
        Assert.Contains(seen, m => m.Bottleneck is { DatasetUsed: BottleneckDataset.Train, FromCache: false });
        Assert.Contains(seen, m => m.Bottleneck is { DatasetUsed: BottleneckDataset.Validation, FromCache: true });
    }

    [Fact]
    public void The_last_stage_learns_and_what_is_before_it_stays_bit_for_bit()
    {
        var result = Fit(From(FineTune.LastStage) with { FrozenBatchNormalization = 0.3 });
        Assert.InRange(result.Best!.ValidationAccuracy!.Value, 0.8, 1);
        var last = NetworkStages.FromOutput(result.Network)[1].SelectMany(n => n.Operation.Parameters.Select(p => p.Parameter.Name))
            .ToHashSet();
        Assert.Equal(10, last.Count);
        foreach (var pair in Shared(result)) Assert.True(IsSame(pair) != last.Contains(pair.Before.Name), pair.Before.Name);
        Assert.All(result.Network.Parameters, p => Assert.Equal(1, p.LearningRateFactor));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.5, true)]
    [InlineData(1, false)]
    public void All_layers_learn_and_batch_normalisation_thaws_in_its_time(double frozen, bool moves)
    {
        // At four times the rate it depends on the seed whether layers under frozen statistics learn at all.
        var result = Fit(From(FineTune.All) with { LearningRate = 0.005, FrozenBatchNormalization = frozen });
        Assert.InRange(result.Best!.ValidationAccuracy!.Value, 0.8, 1);
        Assert.All(Shared(result).Where(p => p.Before.Kind == ParameterKind.Weight), pair => Assert.False(IsSame(pair), pair.Before.Name));
        Assert.All(Shared(result).Where(p => p.Before.Kind == ParameterKind.RunningMean), pair => Assert.Equal(!moves, IsSame(pair)));
        Assert.All(result.Network.Nodes.Select(n => n.Operation).OfType<BatchNormalization>(), b => Assert.False(b.UsesRunningStatistics));
    }

    [Fact]
    public void Where_no_epoch_does_better_the_start_is_kept_also_over_a_stop()
    {
        var training = SyntheticFaces.Create(96, 2, seed: 5);
        var validation = SyntheticFaces.Create(60, 2, seed: 6);
        // Every step unlearns: the labels are the other way round.
        var inverted = new FaceSet(training.ClassNames, [.. Enumerable.Range(0, 96).SelectMany(i => training.Pixels(i).ToArray())],
            [.. training.Labels.ToArray().Select(l => 1 - l)], [.. Enumerable.Range(0, 96)]);
        var options = From(FineTune.All) with
        {
            LearningRate = 0.05,
            ExponentialMovingAverage = 0,
            WorkspacePath = _folder.File("checkpoint")
        };
        using var cancel = new CancellationTokenSource();
        int steps = 0;
        var stopped = new ImageClassificationTrainer(options with { ProgressCallback = _ => { if (++steps == 9) cancel.Cancel(); } }).Fit(
            inverted, validation, cancel.Token);
        Assert.Equal((TrainingOutcome.Cancelled, 0), (stopped.Outcome, stopped.BestEpoch));
        Assert.NotNull(stopped.Start);
        Assert.All(Shared(stopped), pair => Assert.True(IsSame(pair), pair.Before.Name));

        var resumed = Fit(options with { Resume = true }, inverted, validation);
        Assert.Equal((TrainingOutcome.Completed, 4), (resumed.Outcome, resumed.History.Count));
        Assert.Equal(stopped.Start, resumed.Start);
        Assert.Null(resumed.Best);
        Assert.All(Shared(resumed), pair => Assert.True(IsSame(pair), pair.Before.Name));

        // Where the faces to choose on say the same as those to learn from, an epoch is better.
        var other = Fit(options with { WorkspacePath = null }, inverted, inverted);
        Assert.Null(other.Start);
        Assert.InRange(other.BestEpoch, 1, 4);
        // What it began with is there to compare with.
        Assert.All(Shared(other with { Network = other.StartNetwork! }), pair => Assert.True(IsSame(pair), pair.Before.Name));
        Assert.Null(resumed.StartNetwork);
    }

    [Fact]
    public void New_classes_have_no_start_to_keep()
    {
        var still = From(FineTune.All) with { LearningRate = 1e-12, FrozenBatchNormalization = 1, ExponentialMovingAverage = 0, Epoch = 1 };
        Assert.Equal(1, Fit(still).BestEpoch);
        var same = Fit(still, SyntheticFaces.Create(96, 2, seed: 5), SyntheticFaces.Create(60, 2, seed: 6));
        Assert.Equal((0, same.History[0].ValidationAccuracy), (same.BestEpoch, same.Start?.Accuracy));
    }

    [Fact]
    public void Rates_fall_from_stage_to_stage_and_the_head_has_its_own()
    {
        var network = Architectures.Create("FerNet", 3, new ArchitectureOptions { Width = 0.25 });
        var options = new ImageClassificationTrainer.Options { LearningRate = 0.02, HeadLearningRate = 0.1, StageLearningRateFactor = 0.5 };
        _ = new FineTunePlan(network, FineTune.All, options);
        var stages = NetworkStages.FromOutput(network);
        Assert.Equal([5, 1, 0.5f, 0.25f, 0.125f], stages.Select(s => s[0].Operation.Parameters[0].Parameter.LearningRateFactor));
        _ = new FineTunePlan(network, FineTune.LastStage, options with { HeadLearningRate = null });
        Assert.Equal([1, 1, 0, 0, 0], stages.Select(s => s[0].Operation.Parameters[0].Parameter.LearningRateFactor));
    }

    [Fact]
    public void The_same_classes_go_on_with_the_head_they_have()
    {
        var two = SyntheticFaces.Create(64, seed: 9);
        var result = Fit(From(null) with { Epoch = 1, LearningRate = 1e-9, HeadFirst = true, ExponentialMovingAverage = 0 }, two, two);
        Assert.InRange(result.History[0].ValidationAccuracy!.Value, 0.95, 1);
        Assert.InRange(result.History[0].TrainingLoss, 0, 0.6);
    }

    [Fact]
    public void Classes_that_the_model_knows_keep_their_rows_of_the_head_in_any_order()
    {
        var network = Fer.Tests.Networks.TestNetworks.Classifier();
        string path = _folder.File("seven.zip");
        ModelZip.Save(path, InferenceGraph.Create(network),
            new ModelManifest { ClassNames = LabelScheme.Seven.ClassNames, Scheme = "seven", Architecture = network.Architecture }, "{}");
        var three = Backbone.Load(path).CreateClassifier(["neutral", "happy", "sad"], 0.1f, 1);
        int[] places = [.. new[] { "neutral", "happy", "sad" }.Select(name => LabelScheme.Seven.ClassNames.ToList().IndexOf(name))];
        var faces = SyntheticFaces.Create(5, 3, seed: 7);
        using var pool = new WorkerPool(1);
        using var seven = new ModelEvaluator(network, pool);
        using var some = new ModelEvaluator(three, pool);
        float[] all = seven.Score(faces, TestContext.Current.CancellationToken).Logits,
            kept = some.Score(faces, TestContext.Current.CancellationToken).Logits;
        for (int f = 0; f < 5; f++)
            for (int c = 0; c < 3; c++) Assert.Equal(all[f * 7 + places[c]], kept[f * 3 + c], 1e-5);
        Assert.False(Backbone.Load(path).KeepsHead(["happy", "bored"]));
    }

    [Theory]
    [InlineData(FaceViews.Flip, 24)]
    [InlineData(FaceViews.Ten, 24)]
    [InlineData(FaceViews.Zoom, 48)]
    [InlineData(FaceViews.Ten, 48)]
    [InlineData(FaceViews.TenCrops, 24)]
    [InlineData(FaceViews.TenCrops, 48)]
    public void A_model_of_several_members_and_views_goes_on_from_its_first_member(FaceViews views, int side)
    {
        var first = side == 24 ? Trained.Value.Network : Fer.Tests.Networks.TestNetworks.Classifier(side: side);
        string[] names = [.. Enumerable.Range(0, first.Output.Length).Select(c => $"class{c}")];
        var second = NetworkCopy.Clone(first);
        foreach (ref float value in second.Parameters.Trainable) value *= 0.5f;
        ModelZip.Save(_folder.File("two.zip"), InferenceGraph.Create(
            [first, second], views, new LogitCalibration(1.2, [.. Enumerable.Range(0, first.Output.Length).Select(c => 0.1 * c)])),
            new ModelManifest { ClassNames = names, Scheme = "custom", Architecture = first.Architecture }, "{}");
        var backbone = Backbone.Load(_folder.File("two.zip"));
        Assert.Equal(first.Input, backbone.Network.Input);
        Assert.Equal(first.Parameters.Length, backbone.Network.Parameters.Length);
        Assert.Equal(first.Parameters.Trainable.ToArray(), backbone.CreateClassifier(names, 0.1f, 1).Parameters.Trainable.ToArray());
    }

    [Fact]
    public void Fitting_the_head_first_starts_better_than_a_random_head()
    {
        var options = From(FineTune.All) with { Epoch = 1, LearningRate = 1e-6, FrozenBatchNormalization = 1 };
        double first = Fit(options with { HeadFirst = true }).Best!.ValidationLoss!.Value,
            random = Fit(options with { HeadFirst = false }).Best!.ValidationLoss!.Value;
        Assert.True(first < random, $"{first} with the head first, {random} without.");
    }

    [Fact]
    public void An_explicit_learning_rate_is_the_one_that_is_stepped_with()
    {
        var rates = new List<double>();
        foreach (var fineTune in Enum.GetValues<FineTune>())
        {
            rates.Clear();
            Fit(From(fineTune) with
            {
                Epoch = 1,
                LearningRate = 0.0123,
                LearningRateScheduler = new ConstantLearningRate(),
                ProgressCallback = p => rates.Add(p.LearningRate)
            });
            Assert.NotEmpty(rates);
            Assert.All(rates, rate => Assert.Equal(0.0123, rate));
        }
    }

    [Fact]
    public void A_head_is_resumed_to_the_same_weights_and_heeds_cancellation()
    {
        var options = From(FineTune.None) with { Epoch = 6, WorkspacePath = _folder.File("checkpoint") };
        var whole = Fit(options with { WorkspacePath = null });
        using var cancel = new CancellationTokenSource();
        var stopped = new ImageClassificationTrainer(options with { ProgressCallback = p => { if (p.Step == 21) cancel.Cancel(); } })
            .Fit(Three, Validation, cancel.Token);
        Assert.Equal((TrainingOutcome.Cancelled, 21), (stopped.Outcome, stopped.Steps));
        var resumed = Fit(options with { Resume = true });
        Assert.Equal((TrainingOutcome.Completed, 54), (resumed.Outcome, resumed.Steps));
        Assert.Equal(whole.Network.Parameters.Values.ToArray(), resumed.Network.Parameters.Values.ToArray());
        Assert.Equal(whole.History.Select(m => m.ValidationLoss), resumed.History.Select(m => m.ValidationLoss));
    }

    [Fact]
    public void A_head_whose_loss_is_no_number_diverges_and_a_gradient_that_is_none_steps_no_weight()
    {
        var result = Fit(From(FineTune.None) with { LearningRate = 1e38, Epoch = 20, GradientClipping = 1 });
        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
    }

    [Fact]
    public void Fine_tuning_that_is_resumed_takes_its_first_head_from_the_checkpoint()
    {
        var options = From(FineTune.All) with { WorkspacePath = _folder.File("checkpoint") };
        var whole = Fit(options with { WorkspacePath = null });
        using var cancel = new CancellationTokenSource();
        new ImageClassificationTrainer(options with { ProgressCallback = p => { if (p.Step == 12) cancel.Cancel(); } }).Fit(
            Three, Validation, cancel.Token);
        bool fits = false;
        var resumed = Fit(options with { Resume = true, MetricsCallback = m => fits |= m.Bottleneck is not null });
        Assert.False(fits);
        Assert.Equal(whole.Network.Parameters.Values.ToArray(), resumed.Network.Parameters.Values.ToArray());
    }

    [Fact]
    public void Early_stopping_restores_the_best_head()
    {
        var options = From(FineTune.None) with { Epoch = 60, EarlyStoppingCriteria = new EarlyStopping { Patience = 2, MinDelta = 0.01 } };
        var result = Fit(options);
        Assert.Equal(TrainingOutcome.StoppedEarly, result.Outcome);
        Assert.True(result.History.Count < 60);
        Assert.Equal(result.History.Max(m => m.ValidationAccuracy), result.Best!.ValidationAccuracy);
    }

    [Fact]
    public void An_ONNX_file_of_three_channels_is_resized_scaled_and_served_on_grey_faces()
    {
        var builder = new NetworkBuilder("Colour", new Shape(3, 32, 32));
        builder.Input.Convolution(8, 3, stride: 2).BatchNormalization().Relu().Convolution(16, 3, stride: 2).BatchNormalization().Relu()
            .GlobalAveragePool().Linear(10).Softmax();
        var network = Fer.Tests.Networks.TestNetworks.Randomized(builder.Build(), 8);
        string file = _folder.File("colour.onnx");
        using (var stream = File.Create(file)) OnnxWriter.Write(network, stream);
        var result = Fit(From(null) with { Arch = file, Epoch = 12 });
        Assert.Equal(new Shape(1, 48, 48), result.Network.Input);
        Assert.Contains(result.Network.Nodes, n => n.Operation is Resize { Height: 32 });
        Assert.InRange(result.Best!.ValidationAccuracy!.Value, 0.5, 1);
        // 20 pixels work as well, the layers being convolutions and an average.
        Assert.Contains(Fit(From(null) with { Arch = file, Epoch = 1, ResizeTo = 20 }).Network.Nodes,
            n => n.Operation is Resize { Height: 20 });
        var serving = InferenceGraph.Create(result.Network);
        Assert.Equal(new Shape(1, 48, 48), serving.Input);
    }

    [Fact]
    public void What_cannot_be_started_from_is_named_with_the_remedy()
    {
        var options = From(null) with { BackboneFolder = _folder.File("backbones") };
        var known = Assert.Throws<FerException>(
            () => new ImageClassificationTrainer(options with { Arch = "InceptionV3", FineTune = FineTune.None }));
        Assert.Contains("inception_v3_Opset16.onnx", known.Message);
        Assert.Contains("backbone add InceptionV3", known.Message);
        Assert.Contains("fer backbone add FerNet FILE", Assert.Throws<FerException>(
            () => new ImageClassificationTrainer(options with { Arch = "FerNet", FineTune = FineTune.All })).Message);
        Assert.Contains("MobilenetV2", Assert.Throws<FerUsageException>(
            () => new ImageClassificationTrainer(options with { Arch = "MobilenetV3" })).Message);
        Assert.Contains("no such file", Assert.Throws<FerException>(
            () => new ImageClassificationTrainer(options with { Arch = "gone/model.zip" })).Message);
        Assert.Throws<FerUsageException>(() => Fit(options with { ResizeTo = 64 }));
        Assert.Throws<FerUsageException>(() => new ImageClassificationTrainer(options with { StageLearningRateFactor = 0 }));
        Assert.Throws<FerUsageException>(() => new ImageClassificationTrainer(options with { FrozenBatchNormalization = 1.1 }));
        Assert.Throws<FerUsageException>(() => new ImageClassificationTrainer(options with { HeadLearningRate = 0 }));
    }

    [Fact]
    public void A_budget_too_short_for_the_features_is_said_before_they_are_all_computed()
    {
        var many = SyntheticFaces.Create(400, 3);
        var e = Assert.Throws<SlowFeaturesException>(
            () => Fit(From(FineTune.None) with { BottleneckFolder = null, TimeBudget = TimeSpan.FromTicks(1) }, many));
        Assert.Contains("ResizeTo", e.Message);
    }
}
