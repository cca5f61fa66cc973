using System.Globalization;
using System.Reflection;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class TrainingOptionTests
{
    /// <summary>What does not shape the weights: where things lie, who listens, and what is only kept or taken up again.</summary>
    private static readonly string[] ShapeNothing =
    [
        nameof(ImageClassificationTrainer.Options.TorchLibrary),
        nameof(ImageClassificationTrainer.Options.BackboneFolder), nameof(ImageClassificationTrainer.Options.BottleneckFolder),
        nameof(ImageClassificationTrainer.Options.ReuseTrainSetBottleneckCachedValues),
        nameof(ImageClassificationTrainer.Options.ReuseValidationSetBottleneckCachedValues),
        nameof(ImageClassificationTrainer.Options.ValidationSet), nameof(ImageClassificationTrainer.Options.MetricsCallback),
        nameof(ImageClassificationTrainer.Options.ProgressCallback), nameof(ImageClassificationTrainer.Options.WorkspacePath),
        nameof(ImageClassificationTrainer.Options.CheckpointInterval), nameof(ImageClassificationTrainer.Options.Resume),
        nameof(ImageClassificationTrainer.Options.LabelColumnName), nameof(ImageClassificationTrainer.Options.FeatureColumnName),
        nameof(ImageClassificationTrainer.Options.ScoreColumnName), nameof(ImageClassificationTrainer.Options.PredictedLabelColumnName),
    ];

    [Fact]
    public void Every_option_is_in_the_manifest_or_shapes_nothing()
    {
        string[] texts = [.. new ImageClassificationTrainer.Options { EarlyStoppingCriteria = new() }.Texts().Select(t => t.Name)];
        foreach (var property in typeof(ImageClassificationTrainer.Options).GetProperties())
        {
            bool isTold = texts.Any(t => t.StartsWith(property.Name, StringComparison.Ordinal));
            Assert.True(isTold != ShapeNothing.Contains(property.Name), property.Name);
        }
        foreach (var property in typeof(FaceAugmentation).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Assert.Contains($"Augmentation{property.Name}", texts);
        Assert.Equal(texts.Length, texts.Distinct().Count());
    }

    [Fact]
    public void Every_option_changes_its_text()
    {
        var defaults = new ImageClassificationTrainer.Options();
        foreach (var option in TrainingOption.All)
        {
            object changed = option.Type == typeof(string) ? "other"
                : option.Type == typeof(bool) ? !(bool)option.Default!
                : option.Type == typeof(TimeSpan) ? TimeSpan.FromMinutes(3)
                : option.Type == typeof(LearningRateScheduler) ? new CosineDecay { WarmupFraction = 0.2 }
                : option.Type == typeof(EarlyStopping) ? new EarlyStopping { Patience = 3 }
                : option.Type == typeof(FaceAugmentation) ? FaceAugmentation.Standard with { EraseMaximumArea = 0.3 }
                : option.Type.IsEnum ? Enum.GetValues(option.Type).GetValue(1)!
                : Convert.ChangeType(0.37 + 17, option.Type, CultureInfo.InvariantCulture);
            var options = option.With(defaults, changed);
            Assert.NotEqual(defaults.Texts(), options.Texts());
            Assert.Equal(option.IsIdentity, !defaults.Identity().SequenceEqual(options.Identity()));
            Assert.Equal(changed, option.Get(options));
        }
        // The copies are changed, and never what they were made of.
        Assert.Equal(new ImageClassificationTrainer.Options().Texts(), defaults.Texts());
    }

    [Fact]
    public void Texts_are_exact_and_the_same_in_every_culture()
    {
        var options = new ImageClassificationTrainer.Options { LearningRate = 0.1 + 0.2, Arch = "/data/of/someone/model.zip" };
        var before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            var texts = options.Texts().ToDictionary(t => t.Name, t => t.Value);
            Assert.Equal("0.30000000000000004", texts["LearningRate"]);
            Assert.Equal("0.1", texts["LabelSmoothing"]);
            Assert.Equal("CosineDecay", texts["LearningRateScheduler"]);
            Assert.Equal("0.1", texts["LearningRateSchedulerWarmupFraction"]);
            Assert.Equal("model.zip", texts["Arch"]);
            Assert.Equal("not set", texts["EarlyStoppingCriteria"]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_sweep_tries_the_defaults_of_the_trainer_first()
    {
        var recipe = new ImageClassificationTrainer.Options().Resolve(null);
        var sweep = new FaceSearchOptions().ToTrainerOptions().Resolve(null);
        // A sweep fixes the votes' share where there are none.
        Assert.Equal(recipe with { SoftTargets = ImageClassificationTrainer.Options.SoftTargetsBesideLabels }, sweep);
        Assert.Equal(0.1, recipe.LearningRate);
        var adam = new ImageClassificationTrainer.Options { Optimizer = OptimizerKind.AdamW }.Resolve(null);
        var searched = new FaceSearchOptions { Optimizer = OptimizerKind.AdamW }.ToTrainerOptions();
        Assert.Equal((adam.LearningRate, adam.WeightDecay), (searched.LearningRate, searched.WeightDecay));
    }

    [Theory]
    [InlineData(null, OptimizerKind.Sgd, 0.1)]
    [InlineData(FineTune.None, OptimizerKind.Sgd, 0.02)]
    [InlineData(FineTune.All, OptimizerKind.Adam, 0.00005)]
    [InlineData(null, OptimizerKind.AdamW, 0.002)]
    [InlineData(FineTune.All, OptimizerKind.Sgd, 0.02, false)]
    [InlineData(FineTune.All, OptimizerKind.Sgd, 0.005, true)]
    public void The_learning_rate_goes_by_optimizer_and_what_is_trained(
        FineTune? fineTune, OptimizerKind optimizer, double expected, bool knowsFaces = true)
    {
        var options = new ImageClassificationTrainer.Options { Optimizer = optimizer };
        Assert.Equal(expected, options.Resolve(fineTune, knowsFaces).LearningRate!.Value, 1e-12);
    }

    [Theory]
    [InlineData(nameof(ImageClassificationTrainer.Options.LearningRate), -1.0, "above 0")]
    [InlineData(nameof(ImageClassificationTrainer.Options.InputSide), 49, "8 … 48 pixels")]
    [InlineData(nameof(ImageClassificationTrainer.Options.Dropout), 1f, "at least 0 and below 1")]
    [InlineData(nameof(ImageClassificationTrainer.Options.StageLearningRateFactor), 1.5, "above 0 and at most 1")]
    [InlineData(nameof(ImageClassificationTrainer.Options.GradientClipping), float.NaN, "at least 0")]
    public void A_value_out_of_its_range_is_refused_with_the_range(string name, object value, string range)
    {
        var options = TrainingOption.Of(name).With(new ImageClassificationTrainer.Options(), value);
        Assert.StartsWith($"{name} is {range}", Assert.Throws<FerUsageException>(options.Check).Message);
    }
}
