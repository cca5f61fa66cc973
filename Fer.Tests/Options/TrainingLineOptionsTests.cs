using System.CommandLine;
using Fer.Options;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;

namespace Fer.Tests.Options;

public class TrainingLineOptionsTests
{
    private static readonly string[] Left =
        [nameof(ImageClassificationTrainer.Options.TimeBudget), nameof(ImageClassificationTrainer.Options.Seed)];

    private static (ImageClassificationTrainer.Options Options, int Errors) Parse(params string[] words)
    {
        var lines = new TrainingLineOptions(Left);
        var command = new RootCommand();
        foreach (var line in lines.All) command.Add(line);
        var result = command.Parse(words);
        return (result.Errors.Count > 0 ? new() : lines.Apply(result, new ImageClassificationTrainer.Options()), result.Errors.Count);
    }

    [Fact]
    public void Every_option_of_the_library_is_one_of_the_command_line()
    {
        string[] names = [.. new TrainingLineOptions(Left).All.Select(o => o.Name)];
        Assert.Equal(TrainingOption.All.Where(o => !Left.Contains(o.Name)).Select(o => $"--{o.CommandName}"), names);
        string[] known = ["--stage-factor", "--frozen-batch-norm", "--ema", "--epochs", "--patience", "--schedule", "--progressive"];
        Assert.All(known, n => Assert.Contains(n, names));
    }

    [Fact]
    public void Without_words_the_defaults_stay() => Assert.Equal(new ImageClassificationTrainer.Options(), Parse().Options);

    [Fact]
    public void What_is_given_is_set()
    {
        var (options, errors) = Parse(
            "--label-smoothing", "0.2", "--fine-tune", "last-stage", "--schedule", "linear", "--patience", "4", "--augmentation", "0.5",
            "--optimizer", "AdamW", "--head-first", "false", "--resize-to", "96", "--learning-rate", "0.003", "--arch", "Vgg19");
        Assert.Equal(0, errors);
        Assert.Equal(new ImageClassificationTrainer.Options
        {
            LabelSmoothing = 0.2f,
            FineTune = FineTune.LastStage,
            LearningRateScheduler = LearningRateSchedule.Linear.Create(),
            EarlyStoppingCriteria = new EarlyStopping { Patience = 4 },
            Augmentation = FaceAugmentation.Standard.Scaled(0.5),
            Optimizer = OptimizerKind.AdamW,
            HeadFirst = false,
            ResizeTo = 96,
            LearningRate = 0.003,
            Arch = "Vgg19",
        }, options);
    }

    [Theory]
    [InlineData("--label-smoothing", "1")]
    [InlineData("--learning-rate", "0")]
    [InlineData("--gradient-clipping", "-1")]
    [InlineData("--input-side", "49")]
    [InlineData("--optimizer", "none")]
    public void What_is_out_of_range_is_refused(string option, string value) => Assert.Equal(1, Parse(option, value).Errors);
}
