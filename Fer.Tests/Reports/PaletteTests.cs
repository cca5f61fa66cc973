using Fer.Pipeline.Reports;

namespace Fer.Tests.Reports;

public class PaletteTests
{
    public static TheoryData<string> Names => ["light", "dark"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_has_the_contrast_of_WCAG_AA(string name)
    {
        var palette = Of(name);
        foreach (string ground in new[] { palette.Page, palette.Card })
            foreach (string text in new[] { palette.Ink, palette.Soft, palette.Accent })
                Assert.True(Contrast(text, ground) >= 4.5, $"{text} on {ground}: {Contrast(text, ground)}");
        Assert.Equal(palette.Heat.Count, palette.HeatInk.Count);
        for (int i = 0; i < palette.Heat.Count; i++)
            Assert.True(Contrast(palette.HeatInk[i], palette.Heat[i]) >= 4.5, $"step {i}: {Contrast(palette.HeatInk[i], palette.Heat[i])}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lines_and_bars_stand_out_from_the_card(string name)
    {
        var palette = Of(name);
        foreach (string colour in palette.Series)
            Assert.True(Contrast(colour, palette.Card) >= 3, $"{colour}: {Contrast(colour, palette.Card)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Darker_steps_follow_each_other_in_lightness(string name)
    {
        double[] lightness = [.. Of(name).Heat.Select(Luminance)];
        Assert.Equal(name == "dark" ? lightness.Order() : lightness.OrderDescending(), lightness);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 4)]
    [InlineData(1, 8)]
    [InlineData(double.NaN, 0)]
    public void Shares_pick_a_step(double share, int step) => Assert.Equal(step, Palette.HeatStep(share));

    private static Palette Of(string name) => name == "dark" ? Palette.Dark : Palette.Light;

    // WCAG 2.2, relative luminance and contrast ratio.
    private static double Luminance(string colour)
    {
        double Channel(int start)
        {
            double value = Convert.ToInt32(colour.Substring(start, 2), 16) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5);
    }

    private static double Contrast(string a, string b)
    {
        double high = Math.Max(Luminance(a), Luminance(b)), low = Math.Min(Luminance(a), Luminance(b));
        return (high + 0.05) / (low + 0.05);
    }
}
