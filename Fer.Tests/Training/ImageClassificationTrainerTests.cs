using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class ImageClassificationTrainerTests
{
    private static readonly FaceSet Training = SyntheticFaces.Create(128), Validation = SyntheticFaces.Create(64, seed: 2);

    // Small enough for a test: 24x24 pixels, an eighth of the width or so.
    private static ImageClassificationTrainer.Options Small => new()
    {
        InputSide = 24,
        Width = 0.25,
        Epoch = 6,
        BatchSize = 16,
        LearningRate = 0.02,
        Augmentation = FaceAugmentation.None,
        Dropout = 0,
        Threads = 2,
    };

    private static TrainingResult Fit(ImageClassificationTrainer.Options options, FaceSet? validation,
        CancellationToken? cancellation = null) =>
        new ImageClassificationTrainer(options).Fit(Training, validation, cancellation ?? TestContext.Current.CancellationToken);

    private static float[] Weights(TrainingResult result) => result.Network.Parameters.Values.ToArray();

    [Theory]
    [InlineData("FerNet", OptimizerKind.Sgd, 0.02)]
    [InlineData("FerNet", OptimizerKind.AdamW, 0.003)]
    [InlineData("ThreeConvolutionCnn", OptimizerKind.Nadam, 0.003)]
    public void Separable_classes_are_learnt_in_a_few_epochs(string arch, OptimizerKind optimizer, double rate)
    {
        var result = Fit(Small with { Arch = arch, Optimizer = optimizer, LearningRate = rate, GradientClipping = 5 }, Validation);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.Equal(6, result.History.Count);
        Assert.Equal(48, result.Steps);
        Assert.InRange(result.Best!.ValidationAccuracy!.Value, 0.95, 1);
        Assert.InRange(result.History[^1].TrainingLoss, 0, result.History[0].TrainingLoss);
        Assert.Equal(0, result.History[^1].LearningRate);
        Assert.All(result.History, m => Assert.InRange(m.LoaderWaitShare, 0, 1));
    }

    [Fact]
    public void Augmentation_mixup_and_dropout_still_learn()
    {
        // Stripes across and along: rotation by 12 degrees and mirroring leave them what they are.
        var result = Fit(Small with { Epoch = 10, Augmentation = FaceAugmentation.Standard, Mixup = 0.2, Dropout = 0.2f }, Validation);
        Assert.InRange(result.Best!.ValidationAccuracy!.Value, 0.9, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Same_seed_gives_the_same_weights_bit_for_bit_and_another_seed_others(int threads)
    {
        var options = Small with
        {
            Epoch = 2,
            Threads = threads,
            Augmentation = FaceAugmentation.Strong,
            Dropout = 0.3f,
            Mixup = 0.2,
            GradientClipping = 1
        };
        float[] first = Weights(Fit(options, Validation));
        Assert.Equal(first, Weights(Fit(options, Validation)));
        Assert.NotEqual(first, Weights(Fit(options with { Seed = 2 }, Validation)));
    }

    [Fact]
    public void The_network_holds_the_weights_of_the_epoch_called_best()
    {
        var result = Fit(Small with { Epoch = 5, LearningRate = 0.2 }, Validation);
        using var pool = new WorkerPool(2);
        using var evaluator = new ModelEvaluator(result.Network, pool, 16);
        var scores = evaluator.Score(Validation, TestContext.Current.CancellationToken);
        Assert.Equal(result.Best!.ValidationAccuracy!.Value, scores.Accuracy(Validation));
        Assert.Equal(result.Best.ValidationLoss!.Value, scores.Loss(Validation));
        double best = result.History.Max(m => m.ValidationAccuracy!.Value);
        Assert.Equal(best, result.Best.ValidationAccuracy.Value);
    }

    [Fact]
    public void Early_stopping_ends_the_run_and_restores_the_best()
    {
        // An accuracy that starts near a half cannot rise by 0.6: the first epoch stays the best by that measure.
        var result = Fit(Small with
        {
            Epoch = 50,
            EarlyStoppingCriteria = new EarlyStopping { Patience = 2, MinDelta = 0.6 },
        }, Validation);
        Assert.Equal(TrainingOutcome.StoppedEarly, result.Outcome);
        Assert.Equal(3, result.History.Count);
        Assert.Equal(result.History.MaxBy(m => (m.ValidationAccuracy!.Value, -m.ValidationLoss!.Value))!.Epoch, result.BestEpoch);
    }

    [Fact]
    public void Cancellation_ends_within_a_batch_and_keeps_the_best_so_far()
    {
        using var cancel = new CancellationTokenSource();
        long last = 0;
        var result = Fit(Small with
        {
            Epoch = 1000,
            ProgressCallback = progress =>
            {
                last = progress.Step;
                if (progress.Step == 19) cancel.Cancel();
            },
        }, Validation, cancel.Token);
        Assert.Equal(TrainingOutcome.Cancelled, result.Outcome);
        Assert.Equal(19, last);
        Assert.Equal(19, result.Steps);
        Assert.Equal(2, result.History.Count);
        Assert.InRange(result.BestEpoch, 1, 2);
    }

    [Fact]
    public void Cancelled_before_it_began_it_gives_the_untrained_network()
    {
        var result = Fit(Small, Validation, new CancellationToken(canceled: true));
        Assert.Equal(TrainingOutcome.Cancelled, result.Outcome);
        Assert.Equal(0, result.Steps);
        Assert.Null(result.Best);
    }

    [Fact]
    public void Loss_that_is_not_finite_ends_in_Diverged_without_an_exception()
    {
        // Without batch normalisation such steps overflow at once.
        var result = Fit(Small with { Arch = "ThreeConvolutionCnn", LearningRate = 1e30, Epoch = 20 }, Validation);
        Assert.Equal(TrainingOutcome.Diverged, result.Outcome);
        Assert.InRange(result.Steps, 1, 20);
    }

    [Fact]
    public void Time_budget_completes_the_schedule()
    {
        var rates = new List<double>();
        var result = Fit(Small with
        {
            TimeBudget = TimeSpan.FromSeconds(2),
            ProgressCallback = progress => rates.Add(progress.LearningRate),
        }, Validation);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.Equal(0, rates[^1]);
        Assert.All(rates[..^1], rate => Assert.True(rate > 0));
        Assert.Equal(result.Steps, rates.Count);
        Assert.Equal(result.Steps, result.History[^1].Steps);
    }

    [Fact]
    public void Without_validation_the_last_epoch_is_kept_and_callbacks_hear_of_each()
    {
        var epochs = new List<int>();
        var result = Fit(Small with { Epoch = 3, MetricsCallback = m => epochs.Add(m.Train!.Epoch) }, null);
        Assert.Equal([1, 2, 3], epochs);
        Assert.Equal(3, result.BestEpoch);
        Assert.Null(result.Best!.ValidationAccuracy);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name_before_any_work()
    {
        Refused("Epoch", Small with { Epoch = 0 });
        Refused("BatchSize", Small with { BatchSize = 0 });
        Refused("LearningRate", Small with { LearningRate = double.NaN });
        Refused("LabelSmoothing", Small with { LabelSmoothing = 1 });
        Refused("InputSide", Small with { InputSide = 64 });
        Refused("TimeBudget", Small with { TimeBudget = TimeSpan.Zero });
        Refused("ExponentialMovingAverage", Small with { ExponentialMovingAverage = 1 });
        Refused("architecture", Small with { Arch = "Nothing" });
        Refused("WeightDecay", Small with { WeightDecay = -1 });
        Refused("Shift", Small with { Augmentation = new FaceAugmentation { Shift = 2 } });

        static void Refused(string name, ImageClassificationTrainer.Options options) =>
            Assert.Contains(name, Assert.Throws<FerUsageException>(() => new ImageClassificationTrainer(options)).Message);
    }

    [Fact]
    public void Sets_that_do_not_fit_are_refused()
    {
        var trainer = new ImageClassificationTrainer(Small);
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Throws<FerException>(() => trainer.Fit(Training.Select([]), cancellation: cancellation));
        Assert.Contains(
            "class2", Assert.Throws<FerException>(() => trainer.Fit(Training, SyntheticFaces.Create(9, classes: 3), cancellation)).Message);
    }
}
