using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using Fer.Tests.Networks;

namespace Fer.Tests.Training;

public class BottleneckFeaturesTests
{
    [Theory]
    [InlineData(15, false)] // the six batches in 45 seconds of 60
    [InlineData(30, true)]
    public void Only_the_time_after_the_first_batch_says_whether_there_is_enough(double secondsOfTwo, bool isTooSlow)
    {
        using var pool = new WorkerPool(2);
        var network = NetworkTap.Find(TestNetworks.Classifier()).Cut(TestNetworks.Classifier());
        var options = new ImageClassificationTrainer.Options
        {
            TimeBudget = TimeSpan.FromSeconds(60),
            Clock = new SlowStart(secondsOfTwo),
        };
        void Compute() => BottleneckFeatures.Compute(
            network, SyntheticFaces.Create(6 * BottleneckFeatures.LargestBatch), BottleneckDataset.Train, options, pool,
            TestContext.Current.CancellationToken);
        if (!isTooSlow) Compute();
        else Assert.Equal(2 * BottleneckFeatures.LargestBatch / secondsOfTwo,
            Assert.Throws<SlowFeaturesException>(Compute).FacesPerSecond, 1e-6);
    }

    /// <summary>When the first batch is done 50 seconds have gone by; then the clock moves as asked each time it is looked at.</summary>
    private sealed class SlowStart(double seconds) : TimeProvider
    {
        private int _looks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _looks++ == 0 ? 0 : (long)((50 + (_looks - 2) * seconds) * TimestampFrequency);
    }

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
