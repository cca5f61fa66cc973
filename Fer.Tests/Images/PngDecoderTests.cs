using System.Buffers.Binary;
using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public class PngDecoderTests
{
    private static readonly int[] Depths = [1, 2, 4, 8, 16];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(48, 48)]
    [InlineData(33, 70)]
    public void What_the_encoder_writes_is_read_back(int width, int height)
    {
        var image = new GrayImage(width, height, TestPng.Random(width * height, 1));
        var again = PngDecoder.Decode(PngEncoder.Encode(image), "a.png").ToGray();
        Assert.Equal((width, height), (again.Width, again.Height));
        Assert.Equal(image.Pixels, again.Pixels);
    }

    public static TheoryData<int, int, bool> Kinds()
    {
        var kinds = new TheoryData<int, int, bool>();
        foreach (int color in (int[])[0, 2, 3, 4, 6])
            foreach (int depth in Depths)
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
            Assert.Equal(png.ExpectedRgb(), PngDecoder.Decode(png.ToFile(), "a.png").Pixels);
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
            Assert.Equal(png.ExpectedRgb(), PngDecoder.Decode(png.ToFile(), "a.png").Pixels);
        }
    }

    [Fact]
    public void Every_way_to_cut_a_file_short_or_to_flip_a_byte_is_an_error_or_harmless()
    {
        byte[] file = new TestPng(9, 7, color: 2, depth: 8, interlaced: false, seed: 1).ToFile();
        byte[] sound = PngDecoder.Decode(file, "a.png").Pixels;
        for (int kept = 0; kept < file.Length; kept++)
            Assert.Contains("a.png", Assert.Throws<FerException>(() => PngDecoder.Decode(file.AsSpan(0, kept), "a.png")).Message);
        for (int at = 0; at < file.Length; at++)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 0x10;
            Assert.Throws<FerException>(() => PngDecoder.Decode(damaged, "a.png"));
        }
        Assert.Equal(sound, PngDecoder.Decode([.. file, 1, 2, 3], "a.png").Pixels);
    }

    [Theory]
    [InlineData(0, 5, "0 x 5")]
    [InlineData(-1, 5, "pixels", true)]
    [InlineData(65_536, 1, "65,536", true)]
    [InlineData(60_000, 60_000, "Make it smaller", true)]
    [InlineData(8_192, 8_192, "too little data")]
    public void Sizes_are_bounded_before_memory_is_taken(int width, int height, string expected, bool isTooLarge = false)
    {
        byte[] file = new TestPng(2, 2, 0, 8, false, 1).ToFile();
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), PngChunks.Crc(file.AsSpan(12, 17)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(expected, Assert.Throws(isTooLarge ? typeof(ImageTooLargeException) : typeof(FerException), () => PngDecoder.Decode(file, "a.png")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void Colours_beyond_the_palette_and_unknown_filters_are_errors()
    {
        var png = new TestPng(4, 4, 3, 8, false, 1) { PaletteSize = 2 };
        Assert.Contains("palette", Assert.Throws<FerException>(() => PngDecoder.Decode(png.ToFile(), "a.png")).Message);
        var filtered = new TestPng(4, 4, 0, 8, false, 1) { ForcedFilter = 9 };
        Assert.Contains("filter 9", Assert.Throws<FerException>(() => PngDecoder.Decode(filtered.ToFile(), "a.png")).Message);
    }
}
