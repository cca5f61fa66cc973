using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;

namespace Fer.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private static readonly ImageClassificationTrainer.Options Options = new()
    {
        Width = 0.25,
        InputSide = 40,
        ProgressiveResizing = 0,
        Epoch = 8,
        BatchSize = 16,
        LearningRate = 0.02,
        Threads = 2,
        ExponentialMovingAverage = 0,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_network_that_fine_tuning_began_with_is_kept_where_it_does_no_worse_as_served()
    {
        string faces = _folder.File("faces.csv");
        SampleFaces.WriteCsv(faces, 630, seed: 5);
        var dataset = FaceDataset.Load(faces, LabelScheme.Three);
        var good = new ImageClassificationTrainer(Options).Fit(dataset.Training, dataset.Validation, Cancel);
        var bad = Architectures.Create("FerNet", 3, new ArchitectureOptions { Width = 0.25 });
        bad.Initialize(3);

        var folder = new RunFolder(dataset, new FaceRunOptions { Folder = _folder.File("run"), Views = FaceViews.Flip });
        // The epoch had been better in the network's own view.
        var (metrics, training) = folder.Finish(
            good with { Network = bad, StartNetwork = good.Network }, [], rehearsal: false, cancellation: Cancel);
        Assert.Same(good.Network, training.Network);
        Assert.Equal((0, (metrics.Accuracy, metrics.LogLoss)), (training.BestEpoch, training.Start));
        var manifest = ModelZip.Load(folder.Model).Manifest;
        Assert.Equal("0, the start", manifest.Settings["BestEpoch"]);
        Assert.Equal(metrics.Accuracy, manifest.Metrics["validationAccuracy"]);

        var (same, better) = folder.Finish(
            good with { StartNetwork = bad }, [], rehearsal: false, cancellation: Cancel);
        Assert.Equal((metrics.Accuracy, metrics.LogLoss), (same.Accuracy, same.LogLoss));
        Assert.Same(good.Network, better.Network);
        Assert.Null(better.Start);
        Assert.InRange(better.BestEpoch, 1, 8);
        Assert.Equal($"{better.BestEpoch}", ModelZip.Load(folder.Model).Manifest.Settings["BestEpoch"]);
    }

    [Fact]
    public void A_network_whose_time_ended_within_its_first_epoch_is_no_model_unless_the_user_stopped_it()
    {
        string faces = _folder.File("faces.csv");
        SampleFaces.WriteCsv(faces, 210, seed: 5);
        var dataset = FaceDataset.Load(faces, LabelScheme.Three);
        var network = Architectures.Create("FerNet", 3, new ArchitectureOptions { Width = 0.25 });
        network.Initialize(3);
        var folder = new RunFolder(dataset, new FaceRunOptions { Folder = _folder.File("run"), Views = FaceViews.Centre });
        var budget = Options with { TimeBudget = TimeSpan.FromSeconds(6) };
        long epoch = dataset.Training.Count / budget.BatchSize;

        // The time limit of a trial cancels it.
        foreach (var outcome in (TrainingOutcome[])[TrainingOutcome.Completed, TrainingOutcome.Cancelled])
        {
            var cut = new TrainingResult(network, outcome, [], 0, 2, TimeSpan.FromSeconds(4)) { Options = budget };
            string message = Assert.Throws<FerException>(() => folder.Finish(cut, [], rehearsal: false, cancellation: Cancel)).Message;
            Assert.Contains($"after 2 of the {epoch} steps of the first epoch", message);
            Assert.Contains("minutes or more", message);
            Assert.False(File.Exists(folder.Model));
        }
        var partly = new TrainingResult(network, TrainingOutcome.Cancelled, [], 0, 2, TimeSpan.FromSeconds(4)) { Options = budget };
        folder.Finish(partly, [], rehearsal: false, cancellation: new CancellationToken(canceled: true));
        Assert.True(File.Exists(folder.Model));
        File.Delete(folder.Model);
        folder.Finish(partly with { Steps = epoch, Outcome = TrainingOutcome.Completed }, [], rehearsal: false, cancellation: Cancel);
        Assert.True(File.Exists(folder.Model));
    }
}
