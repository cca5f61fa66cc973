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
}
