using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using Fer.Tests.Networks;

namespace Fer.Tests.Training;

public class BottleneckFeaturesTests
{
    [Fact]
    public void Features_that_were_stopped_in_the_middle_go_on_from_the_last_part()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(2);
        var network = NetworkTap.Find(TestNetworks.Classifier()).Cut(TestNetworks.Classifier());
        var faces = SyntheticFaces.Create(BottleneckFeatures.PartFaces + 100);
        var options = new ImageClassificationTrainer.Options { BottleneckFolder = folder.Path };
        var whole = Compute(options with { BottleneckFolder = null }, CancellationToken.None);

        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Compute(
            options with { MetricsCallback = m => CancelWhere(m.Bottleneck?.Index > BottleneckFeatures.PartFaces) }, cancel.Token));
        Assert.Single(Directory.EnumerateFiles(folder.Path));

        var heard = new List<BottleneckMetrics>();
        var resumed = Compute(options with { MetricsCallback = m => heard.Add(m.Bottleneck!) }, CancellationToken.None);
        Assert.Equal(whole.Values, resumed.Values);
        Assert.All(heard, m => Assert.InRange(m.Index, BottleneckFeatures.PartFaces + 1, faces.Count));
        Assert.Equal(2, Directory.EnumerateFiles(folder.Path).Count());

        heard.Clear();
        var cached = Compute(options with { MetricsCallback = m => heard.Add(m.Bottleneck!) }, CancellationToken.None);
        Assert.Equal(whole.Values, cached.Values);
        Assert.True(Assert.Single(heard).FromCache);

        void CancelWhere(bool isPast)
        {
            if (isPast) cancel.Cancel();
        }

        BottleneckFeatures Compute(ImageClassificationTrainer.Options with, CancellationToken cancellation) =>
            BottleneckFeatures.Compute(network, faces, BottleneckDataset.Train, with, pool, cancellation);
    }
}
