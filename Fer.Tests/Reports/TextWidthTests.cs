using Fer.Pipeline.Reports;

namespace Fer.Tests.Reports;

public class TextWidthTests
{
    [Fact]
    public void What_fits_stays_whole() => Assert.Equal("neutral", TextWidth.Fit("neutral", 13, 100));

    [Fact]
    public void What_does_not_fit_is_shortened_into_the_room()
    {
        string shown = TextWidth.Fit("a class name far too long for its place", 13, 90);
        Assert.EndsWith("…", shown);
        Assert.InRange(TextWidth.Of(shown, 13), 60, 90);
    }

    [Fact]
    public void A_pair_of_surrogates_is_never_cut() =>
        Assert.All(Enumerable.Range(10, 100), room => Assert.All(
            TextWidth.Fit("😀😀😀😀😀😀", 13, room).EnumerateRunes(), rune => Assert.NotEqual(0xFFFD, rune.Value)));
}
