using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images.Jpeg;

/// <summary>The JPEG decoder on small files of each kind (Golden/jpeg/make.sh); <see cref="ImageMagickTests"/> has many more.</summary>
public class JpegDecoderTests
{
    public static TheoryData<string> Names => ["baseline-420", "progressive-422", "restart-420", "cmyk", "gray"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_kind_gives_the_reference_decoders_pixels(string name)
    {
        var expected = PngDecoder.Decode(File.ReadAllBytes(GoldenPath(name + ".png")), name);
        var actual = JpegDecoder.Decode(Golden(name), name);
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        for (int i = 0; i < expected.Pixels.Length; i++) Assert.InRange(actual.Pixels[i] - expected.Pixels[i], -1, 1);
        Assert.Equal((expected.Width, expected.Height), JpegDecoder.ReadSize(Golden(name), name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_cut_short_is_an_error_that_says_where(string name)
    {
        byte[] file = Golden(name);
        // Without its end marker a picture may still be whole; with the last bytes of its data gone it is not.
        for (int kept = 3; kept < file.Length - 8; kept++)
        {
            string message = Assert.Throws<FerException>(() => JpegDecoder.Decode(file.AsSpan(0, kept), "a.jpg")).Message;
            Assert.StartsWith("a.jpg: a broken JPEG", message);
            Assert.Contains("at byte", message);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutated_files_are_read_or_refused(string name)
    {
        byte[] file = Golden(name);
        int read = 0, refused = 0;
        for (int i = 0; i < 500; i++)
        {
            var random = new RandomStream(21, i);
            byte[] mutated = Mutation.Of(file, ref random);
            try
            {
                ImageDecoder.Decode(mutated, "a.jpg", maxPixels: 1 << 20);
                read++;
            }
            catch (FerException)
            {
                refused++;
            }
        }
        // Both must happen, or the test shows nothing.
        Assert.InRange(read, 10, 490);
        Assert.InRange(refused, 10, 490);
    }

    [Theory]
    [InlineData(0xC3, "lossless")]
    [InlineData(0xC5, "hierarchy")]
    [InlineData(0xC9, "arithmetic")]
    public void Another_coding_is_told_by_its_name(byte marker, string expected)
    {
        byte[] file = Golden("baseline-420");
        file[FrameAt(file) + 1] = marker;
        Assert.Contains(expected, Assert.Throws<FerException>(() => JpegDecoder.Decode(file, "a.jpg")).Message);
    }

    [Theory]
    [InlineData(4, 12, "12 bits")]
    [InlineData(9, 2, "wrong length")]
    [InlineData(11, 0x52, "5 x 2")]
    [InlineData(12, 9, "quantisation table 9")]
    [InlineData(13, 1, "same number")]
    public void A_frame_that_cannot_be_is_an_error(int offset, byte value, string expected)
    {
        byte[] file = Golden("baseline-420");
        file[FrameAt(file) + offset] = value;
        Assert.Contains(expected, Assert.Throws<FerException>(() => JpegDecoder.Decode(file, "a.jpg")).Message);
    }

    [Theory]
    [InlineData(0, 5, "height")]
    [InlineData(5, 0, "0 x 5")]
    [InlineData(65_535, 65_535, "Make it smaller", true)]
    [InlineData(8_192, 8_192, "too little data")]
    public void Sizes_are_bounded_before_memory_is_taken(int height, int width, string expected, bool isTooLarge = false)
    {
        byte[] file = Golden("baseline-420");
        int frame = FrameAt(file);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) = ((byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(expected, Assert.Throws(isTooLarge ? typeof(ImageTooLargeException) : typeof(FerException), () => JpegDecoder.Decode(file, "a.jpg")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_missing_restart_marker_is_an_error_that_says_where()
    {
        byte[] file = Golden("restart-420");
        int at = file.AsSpan().IndexOf<byte>([0xFF, 0xD0]);
        file[at + 1] = 0xD3;
        Assert.Contains("restart marker 0", Assert.Throws<FerException>(() => JpegDecoder.Decode(file, "a.jpg")).Message);
    }

    [Fact]
    public void Endless_scans_are_refused()
    {
        byte[] file = Golden("progressive-422");
        // The first scan holds first bits only, so it may come again.
        int scan = file.AsSpan().IndexOf<byte>([0xFF, 0xDA]), next = scan + file.AsSpan(scan).IndexOf<byte>([0xFF, 0xC4]);
        byte[] many = [.. file.AsSpan(0, next), .. Enumerable.Repeat(file[scan..next], 200).SelectMany(b => b), .. file.AsSpan(next)];
        Assert.Contains("scans", Assert.Throws<FerException>(() => JpegDecoder.Decode(many, "a.jpg")).Message);
    }

    [Fact]
    public void A_damaged_orientation_is_passed_over()
    {
        byte[] upright = Golden("gray"), turned = TestJpeg.WithOrientation(upright, 6, littleEndian: true);
        Assert.Equal((36, 40), (JpegDecoder.Decode(turned, "a").Width, JpegDecoder.Decode(turned, "a").Height));
        for (int at = 6; at < 50; at++)
        {
            byte[] damaged = [.. turned];
            damaged[at] ^= 0xFF;
            // Nothing else of the file depends on it.
            Assert.Contains(JpegDecoder.Decode(damaged, "a").Width, (int[])[36, 40]);
        }
    }

    private static int FrameAt(byte[] file) => file.AsSpan().IndexOf<byte>([0xFF, 0xC0]);

    private static byte[] Golden(string name) => File.ReadAllBytes(GoldenPath(name + ".jpg"));

    private static string GoldenPath(string name) => Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", "jpeg", name);
}
