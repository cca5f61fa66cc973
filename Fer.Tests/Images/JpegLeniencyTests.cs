using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

/// <summary>What libjpeg reads is read, and what is refused is said.</summary>
public sealed class JpegLeniencyTests
{
    private static readonly byte[] Junk = [0, 0x12, 0xFF, 0, 0x34, 0xFF, 0xFF, 1];

    [Theory]
    [InlineData("baseline-420.jpg")]
    [InlineData("progressive-422.jpg")]
    [InlineData("restart-420.jpg")]
    public void Stray_bytes_between_segments_are_passed_over(string name)
    {
        byte[] file = GoldenPictures.Read(name);
        var expected = ImageDecoder.Decode(file, "a");
        foreach (int at in SegmentStarts(file))
        {
            var image = ImageDecoder.Decode([.. file.AsSpan(0, at), .. Junk, .. file.AsSpan(at)], "a");
            Assert.Equal(expected.Pixels, image.Pixels);
        }
    }

    [Fact]
    public void A_webcams_frame_without_huffman_tables_has_the_standards_own()
    {
        // One block of 8 x 8: its mean is 100 / 8 above the middle (category 7, 1100100), and nothing else (end of block).
        byte[] file =
        [
            0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64),
            0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0b11110_110, 0b0100_1010, 0xFF, 0xD9,
        ];
        var image = ImageDecoder.Decode(file, "a");
        Assert.All(image.Pixels, value => Assert.InRange(value, 140, 141));
    }

    [Theory]
    [InlineData("baseline-420.jpg")]
    [InlineData("progressive-422.jpg")]
    [InlineData("restart-420.jpg")]
    [InlineData("gray.jpg")]
    [InlineData("cmyk.jpg")]
    public void A_file_that_lacks_nothing_but_its_end_is_read(string name)
    {
        byte[] file = GoldenPictures.Read(name);
        Assert.Equal([0xFF, 0xD9], file[^2..]);
        var expected = ImageDecoder.Decode(file, "a");
        Assert.Equal(expected.Pixels, ImageDecoder.Decode(file[..^2], "a").Pixels);
        Assert.Equal(expected.Pixels, ImageDecoder.Decode(file[..^1], "a").Pixels);
        int last = file.AsSpan().LastIndexOf<byte>([0xFF, 0xDA]);
        // The last bytes of the CMYK picture's data are padding: without them it is whole.
        int[] cuts = [last, last + 12, last + (file.Length - last) / 2, .. name == "cmyk.jpg" ? Array.Empty<int>() : [file.Length - 4]];
        foreach (int kept in cuts)
            Assert.Matches("cut short|picture data is missing",
                Assert.Throws<FerException>(() => ImageDecoder.Decode(file[..kept], "a")).Message);
    }

    [Theory]
    [InlineData(0xC0, "its frame header (size and colours) is missing")]
    [InlineData(0xDB, "quantisation table 0, which its data needs, is missing")]
    [InlineData(0xDA, "the picture data is missing")]
    public void A_segment_that_is_missing_is_named(byte marker, string expected)
    {
        byte[] file = GoldenPictures.Read("gray.jpg");
        int at = file.AsSpan().IndexOf<byte>([0xFF, marker]);
        byte[] without = marker == 0xDA ? file[..at] : [.. file[..at], .. file[(at + 2 + 256 * file[at + 2] + file[at + 3])..]];
        string message = Assert.Throws<FerException>(() => ImageDecoder.Decode(without, "a")).Message;
        Assert.Contains(expected, message);
        Assert.DoesNotContain("opy", message);
    }

    [Fact]
    public void Two_colour_channels_are_counted()
    {
        byte[] file = GoldenPictures.Read("gray.jpg");
        int at = file.AsSpan().IndexOf<byte>([0xFF, 0xC0]);
        byte[] two = [.. file[..(at + 2)], 0, 14, .. file[(at + 4)..(at + 9)], 2, 1, 0x11, 0, 2, 0x11, 0, .. file[(at + 13)..]];
        Assert.Contains("2 colour channels", Assert.Throws<FerException>(() => ImageDecoder.Decode(two, "a")).Message);
    }

    private static List<int> SegmentStarts(byte[] file)
    {
        var starts = new List<int>();
        for (int at = 2; JpegHeader.NextSegment(file, ref at) is var (marker, body);)
        {
            starts.Add(body.Start.Value - 4);
            if (marker == JpegHeader.StartOfScan) break;
        }
        return starts;
    }
}
