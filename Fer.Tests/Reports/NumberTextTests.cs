using System.Globalization;
using Fer.Pipeline.Reports;

namespace Fer.Tests.Reports;

public class NumberTextTests
{
    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = comma.NumberFormat.PercentDecimalSeparator = ",";
        comma.NumberFormat.NumberGroupSeparator = ".";
        comma.NumberFormat.NegativeSign = "~";
        try
        {
            string plain = ReportSamples.Html();
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("65.4\u00A0%", NumberText.Percent(0.654));
            Assert.Equal("-1.5", NumberText.Coordinate(-1.5));
            Assert.Equal(plain, ReportSamples.Html());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(0.2, 0.05, "20\u00A0%")]
    [InlineData(0.125, 0.025, "12.5\u00A0%")]
    [InlineData(0.3, 0.1, "30\u00A0%")]
    public void Percent_ticks_have_the_decimals_their_step_needs(double value, double step, string text) =>
        Assert.Equal(text, NumberText.Tick(value, step, ValueFormat.Percent));

    [Theory]
    [InlineData(1.25, 0.25, "1.25")]
    [InlineData(-0.0, 0.5, "0.0")]
    [InlineData(12000, 2000, "12,000")]
    [InlineData(3e8, 1e8, "3e8")]
    public void Plain_ticks_have_the_decimals_their_step_needs(double value, double step, string text) =>
        Assert.Equal(text, NumberText.Tick(value, step, ValueFormat.Number));

    [Theory]
    [InlineData(3.21, "3.2\u00A0s")]
    [InlineData(59.6, "1\u00A0min\u00A00\u00A0s")]
    [InlineData(754, "12\u00A0min\u00A034\u00A0s")]
    [InlineData(7500, "2\u00A0h\u00A05\u00A0min")]
    [InlineData(double.NaN, "–")]
    public void Durations_use_the_unit_that_fits(double seconds, string text) => Assert.Equal(text, NumberText.Duration(seconds));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void NaN_and_infinity_are_dashes(double value)
    {
        Assert.Equal("–", NumberText.Value(value, ValueFormat.Number));
        Assert.Equal("–", NumberText.Percent(value));
    }
}
