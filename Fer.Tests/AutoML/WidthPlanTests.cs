using Fer.Pipeline.AutoML;

namespace Fer.Tests.AutoML;

public class WidthPlanTests
{
    private static readonly double[] Widths = [0.5, 0.75, 1, 1.5, 2];

    /// <summary>An epoch costs as the square of the width.</summary>
    private static double Choose(double finalMinutes, double epochSeconds) =>
        WidthPlan.Choose(Widths, TimeSpan.FromMinutes(finalMinutes), w => TimeSpan.FromSeconds(epochSeconds * w * w));

    [Theory]
    [InlineData(14, 50, 1)]
    [InlineData(14, 80, 0.75)]
    [InlineData(11, 150, 0.5)]
    [InlineData(1, 150, 0.5)]
    [InlineData(75, 50, 1.5)]
    [InlineData(45, 50, 1)]
    [InlineData(155, 50, 1.5)]
    [InlineData(165, 50, 2)]
    public void Widest_network_that_still_has_its_epochs_is_chosen(double minutes, double epochSeconds, double expected) =>
        Assert.Equal(expected, Choose(minutes, epochSeconds));

    [Theory]
    [InlineData(300, 4_700_000, 4)]
    [InlineData(130, 4_700_000, 2)]
    [InlineData(100, 4_700_000, 1)]
    [InlineData(10, 4_700_000, 1)]
    [InlineData(300, 8_000_000, 2)]
    [InlineData(300, 10_600_000, 1)]
    [InlineData(300, 40_000_000, 1)]
    public void As_many_networks_are_trained_as_have_their_epochs_and_fit_a_zip(double epochs, long bytes, int expected) =>
        Assert.Equal(expected, WidthPlan.Finals(epochs, bytes));

    [Fact]
    public void More_time_never_means_a_narrower_network()
    {
        double last = 0;
        for (double minutes = 1; minutes < 300; minutes *= 1.3)
        {
            double width = Choose(minutes, 60);
            Assert.True(width >= last);
            last = width;
        }
    }
}
