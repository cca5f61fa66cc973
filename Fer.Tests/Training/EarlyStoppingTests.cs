using Fer.Pipeline;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class EarlyStoppingTests
{
    [Fact]
    public void Stops_after_patience_epochs_without_progress_and_names_the_best()
    {
        var monitor = new EarlyStoppingMonitor(new EarlyStopping { Patience = 2, MinDelta = 0.01 });
        double[] accuracies = [0.5, 0.6, 0.605, 0.62, 0.61, 0.625];
        bool[] stops = [.. accuracies.Select((a, i) => monitor.ShouldStop(i + 1, a, 1))];
        Assert.Equal([false, false, false, false, false, true], stops);
        Assert.Equal(4, monitor.BestEpoch);
    }

    [Fact]
    public void Steady_progress_never_stops_however_small_the_patience()
    {
        var monitor = new EarlyStoppingMonitor(new EarlyStopping { Patience = 1 });
        for (int epoch = 1; epoch < 100; epoch++) Assert.False(monitor.ShouldStop(epoch, epoch * 0.001, 1));
    }

    [Fact]
    public void Loss_is_better_when_smaller_unless_told_otherwise_and_NaN_is_no_progress()
    {
        var monitor = new EarlyStoppingMonitor(new EarlyStopping { Metric = EarlyStoppingMetric.Loss, Patience = 2 });
        Assert.False(monitor.ShouldStop(1, 0, 2.0));
        Assert.False(monitor.ShouldStop(2, 0, 1.5));
        Assert.False(monitor.ShouldStop(3, 0, double.NaN));
        Assert.True(monitor.ShouldStop(4, 0, 1.6));
        Assert.Equal(2, monitor.BestEpoch);
        Assert.False(new EarlyStopping { Metric = EarlyStoppingMetric.Loss }.CheckIncreasing);
        Assert.True(new EarlyStopping { Metric = EarlyStoppingMetric.Loss, CheckIncreasing = true }.CheckIncreasing);
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<FerUsageException>(() => new EarlyStopping { Patience = 0 });
        Assert.Throws<FerUsageException>(() => new EarlyStopping { MinDelta = double.NaN });
    }
}
