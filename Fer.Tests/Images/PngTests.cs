using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

/// <summary>PNG files of every kind, read through the one entry.</summary>
public sealed class PngTests
{
    public static TheoryData<int, int, bool> Kinds()
    {
        var kinds = new TheoryData<int, int, bool>();
        foreach (int color in (int[])[0, 2, 3, 4, 6])
            foreach (int depth in (int[])[1, 2, 4, 8, 16])
                foreach (bool interlaced in (bool[])[false, true])
                    if (TestPng.Exists(color, depth)) kinds.Add(color, depth, interlaced);
        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_image_gives_the_colours_of_its_samples(int color, int depth, bool interlaced)
    {
        foreach (var (width, height) in (ReadOnlySpan<(int, int)>)[(1, 1), (3, 2), (5, 9), (19, 13)])
        {
            var png = new TestPng(width, height, color, depth, interlaced, seed: width);
            AssertNear(png.ExpectedRgb(), ImageDecoder.Decode(png.ToFile(), "a.png").Pixels, Levels(depth));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 4)]
    [InlineData(0, 8)]
    [InlineData(0, 16)]
    [InlineData(2, 8)]
    [InlineData(3, 2)]
    [InlineData(3, 8)]
    public void A_transparent_colour_shows_white(int color, int depth)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            var png = new TestPng(13, 9, color, depth, interlaced: seed % 2 == 1, seed) { TransparentSample = 1 };
            AssertNear(png.ExpectedRgb(), ImageDecoder.Decode(png.ToFile(), "a.png").Pixels, Levels(depth));
        }
    }

    [Fact]
    public void A_flipped_byte_of_the_picture_never_changes_it_unnoticed()
    {
        byte[] file = new TestPng(9, 7, color: 2, depth: 8, interlaced: false, seed: 1).ToFile();
        byte[] sound = ImageDecoder.Decode(file, "a.png").Pixels;
        int refused = 0, data = file.AsSpan().IndexOf("IDAT"u8), end = file.AsSpan().IndexOf("IEND"u8) - 4;
        for (int at = data; at < end; at++)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 0x10;
            try
            {
                Assert.Equal(sound, ImageDecoder.Decode(damaged, "a.png").Pixels);
            }
            catch (FerException e)
            {
                Assert.StartsWith("a.png: a broken PNG", e.Message);
                refused++;
            }
        }
        // All but the two chunks' checksums, as the data has one of its own.
        Assert.InRange(refused, end - data - 8, end - data);
    }

    [Fact]
    public void An_unknown_filter_is_an_error()
    {
        var filtered = new TestPng(4, 4, 0, 8, false, 1) { ForcedFilter = 9 };
        var error = Assert.Throws<FerException>(() => ImageDecoder.Decode(filtered.ToFile(), "a.png"));
        Assert.Contains("picture data is damaged", error.Message);
    }

    // Skia keeps the upper of two bytes, which may be one less than the rounded value, in the colour and in its alpha.
    private static int Levels(int depth) => depth == 16 ? 2 : 0;

    private static void AssertNear(byte[] expected, byte[] actual, int levels)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.InRange(actual[i] - expected[i], -levels, levels);
    }
}
