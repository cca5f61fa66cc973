using Fer.Pipeline.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Reports;

public class TicksTests
{
    [Fact]
    public void Ticks_cover_the_data_in_rising_steps_and_stay_few() => Prop.ForAll(
        ArbMap.Default.ArbFor<(double A, double B, bool Whole)>(), one =>
        {
            var ticks = Ticks.Over(one.A, one.B, whole: one.Whole);
            if (double.IsFinite(one.A) && double.IsFinite(one.B) && Math.Abs(one.A) < 1e300 && Math.Abs(one.B) < 1e300)
            {
                Assert.True(ticks.Minimum <= Math.Min(one.A, one.B));
                Assert.True(ticks.Maximum >= Math.Max(one.A, one.B));
            }
            Assert.InRange(ticks.Values.Count, 2, 9);
            for (int i = 1; i < ticks.Values.Count; i++) Assert.True(ticks.Values[i] > ticks.Values[i - 1]);
            if (one.Whole) Assert.Equal(Math.Round(ticks.Step), ticks.Step);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shares_have_round_ticks() =>
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], Ticks.Over(0, 1).Values.Select(value => Math.Round(value, 12)));

    [Fact]
    public void Epochs_have_whole_ticks()
    {
        Assert.Equal([1, 2, 3], Ticks.Over(1, 3, whole: true).Values);
        Assert.Equal([0, 5, 10, 15], Ticks.Over(1, 13, whole: true).Values);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0, 0)]
    [InlineData(1e16, 1e16)]
    [InlineData(double.NaN, 3)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(-1e308, 1e308)]
    public void Ranges_without_width_or_bounds_still_have_an_axis(double from, double to)
    {
        var ticks = Ticks.Over(from, to);
        Assert.True(ticks.Maximum > ticks.Minimum);
        Assert.All(ticks.Values, value => Assert.True(double.IsFinite(value)));
    }
}
