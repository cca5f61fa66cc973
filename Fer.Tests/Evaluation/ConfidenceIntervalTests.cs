using Fer.Pipeline.Evaluation;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Evaluation;

public class ConfidenceIntervalTests
{
    [Fact]
    public void Wilson_gives_the_published_interval_of_15_in_148()
    {
        // Newcombe, Statistics in Medicine 17 (1998), table I: 0.0624 to 0.1605.
        var interval = ConfidenceInterval.Wilson(15, 148);
        Assert.Equal(0.0624, interval.Lower, 5e-5);
        Assert.Equal(0.1605, interval.Upper, 5e-5);
    }

    [Fact]
    public void Wilson_holds_the_share_and_stays_in_bounds() => Prop.ForAll(
        ArbMap.Default.ArbFor<(NonNegativeInt Successes, NonNegativeInt Failures)>(), one =>
        {
            int count = one.Successes.Get + one.Failures.Get;
            var interval = ConfidenceInterval.Wilson(one.Successes.Get, count);
            Assert.InRange(interval.Lower, 0, interval.Upper);
            Assert.True(interval.Upper <= 1);
            if (count > 0) Assert.InRange((double)one.Successes.Get / count, interval.Lower, interval.Upper);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_successes_than_rows_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ConfidenceInterval.Wilson(3, 2));
}
