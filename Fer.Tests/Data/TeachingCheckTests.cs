using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;

namespace Fer.Tests.Data;

public sealed class TeachingCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private FaceDataset Load(string labels, LabelScheme scheme) => FaceDataset.Load(_folder.Write("a.csv",
        "emotion,pixels,Usage\n" + string.Concat(labels.Split(' ').Select((label, i) =>
            $"{label.TrimEnd('v')},{FerCsv.Pixels(i)},{(label.EndsWith('v') ? "PublicTest" : "Training")}\n"))), scheme);

    private static void Require(FaceDataset data) => TeachingCheck.Require(data.Source, data.Training, data.Validation);

    [Theory]
    [InlineData("3 3 3v", "all 2 Training faces are of one class, happy")]
    [InlineData("3 4 4 6v", "no Training faces of angry, disgust, fear, surprise, neutral; there are of happy 1, sad 2.")]
    [InlineData("3 4 4 6v", "--classes happy,sad")]
    [InlineData("3v 4v", "no Training faces to learn from")]
    public void What_is_missing_is_said(string labels, string expected) => Assert.Contains(expected,
        Assert.Throws<FerException>(() => Require(Load(labels, LabelScheme.Seven))).Message);

    [Fact]
    public void A_class_that_is_not_there_suggests_the_one_that_is() => Assert.Contains("Did you mean 'happy'?",
        Assert.Throws<FerException>(() => Require(Load("3 4 3v", LabelScheme.Custom(["hapy", "happy", "sad"], [])))).Message);

    [Fact]
    public void Faces_enough_pass_and_a_class_that_is_not_scored_is_noted()
    {
        var data = Load("3 4 6 3v 4v", LabelScheme.Three);
        Require(data);
        Assert.Contains(data.Notes, note => note.Contains("no PublicTest faces of neutral"));
    }

    [Fact]
    public void No_training_begins_with_one_class()
    {
        var one = Load("3 3 3v", LabelScheme.Seven);
        Assert.Contains("one class, happy", Assert.Throws<FerException>(() =>
            new ImageClassificationTrainer().Fit(one.Training, cancellation: TestContext.Current.CancellationToken)).Message);
        Assert.Throws<FerException>(() => new FaceTrainingRun(one, new(), new FaceRunOptions { Folder = _folder.File("run") }));
    }
}
