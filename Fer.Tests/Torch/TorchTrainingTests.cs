using Fer.Pipeline.Data;
using Fer.Pipeline.Training;
using Fer.Tests.Training;

namespace Fer.Tests.Torch;

/// <summary>Whole trainings on TorchSharp beside those on the managed engine, and across both.</summary>
[Collection(Libtorch.Collection)]
public sealed class TorchTrainingTests : IDisposable
{
    private static readonly FaceSet Training = SyntheticFaces.Create(96), Validation = SyntheticFaces.Create(32, seed: 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ImageClassificationTrainer.Options Small => new()
    {
        InputSide = 24,
        Width = 0.25,
        Epoch = 3,
        BatchSize = 16,
        LearningRate = 0.01,
        Dropout = 0,
        ProgressiveResizing = 0.5,
        ProgressiveSide = 16,
    };

    private static TrainingResult Fit(ImageClassificationTrainer.Options options, bool torch, CancellationToken? cancellation = null) =>
        new ImageClassificationTrainer(Libtorch.On(options, torch)).Fit(
            Training, Validation, cancellation ?? TestContext.Current.CancellationToken);

    [Fact]
    public void Losses_of_epochs_agree_within_a_percent()
    {
        var ours = Fit(Small, torch: false);
        var theirs = Fit(Small, torch: true);
        Assert.Equal(ours.Steps, theirs.Steps);
        for (int i = 0; i < ours.History.Count; i++)
        {
            Assert.InRange(theirs.History[i].TrainingLoss / ours.History[i].TrainingLoss, 0.99, 1.01);
            Assert.InRange(theirs.History[i].ValidationLoss!.Value / ours.History[i].ValidationLoss!.Value, 0.99, 1.01);
        }
        Assert.Equal("torch-cpu", theirs.Options.Device);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_begun_on_one_device_goes_on_on_the_other(bool torchFirst)
    {
        var whole = Fit(Small, torch: false);
        var options = Small with { WorkspacePath = _folder.Path, Resume = true };
        using var cancel = new CancellationTokenSource();
        var first = Fit(options with
        {
            ProgressCallback = progress =>
            {
                if (progress.Step == 8) cancel.Cancel();
            },
        }, torchFirst, cancel.Token);
        Assert.Equal(TrainingOutcome.Cancelled, first.Outcome);
        var rest = Fit(options, !torchFirst);
        Assert.Equal(TrainingOutcome.Completed, rest.Outcome);
        Assert.Contains("torch-cpu with 2 threads", rest.Warning);
        Assert.Equal(whole.History.Count, rest.History.Count);
        Assert.InRange(rest.History[^1].TrainingLoss / whole.History[^1].TrainingLoss, 0.99, 1.01);
        Assert.Equal(whole.Steps, rest.Steps);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        var options = Small with { Epoch = 1, Dropout = 0.5f };
        Assert.Equal(Fit(options, torch: true).Network.Parameters.Values, Fit(options, torch: true).Network.Parameters.Values);
    }
}
