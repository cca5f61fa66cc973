using System.Buffers.Binary;
using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public sealed class ImageDecoderTests
{
    public static TheoryData<string> Names => [.. GoldenPictures.Names];

    public static TheoryData<string> NamesButPng =>
        [.. GoldenPictures.Names.Where(name => !name.EndsWith(".png", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(NamesButPng))]
    public void Each_kind_gives_ImageMagicks_pixels(string name)
    {
        var expected = ImageDecoder.Load(GoldenPictures.Expected(name));
        var actual = ImageDecoder.Load(GoldenPictures.Path(name));
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        int most = Enumerable.Range(0, expected.Pixels.Length).Max(i => Math.Abs(actual.Pixels[i] - expected.Pixels[i]));
        Assert.InRange(most, 0, 2);
        Assert.Equal((expected.Width, expected.Height), ImageDecoder.ReadSize(GoldenPictures.Read(name), name));
    }

    [Theory]
    [InlineData("", "a.png: the file is empty")]
    [InlineData("000000186674797068656963", "a.png: a HEIC picture, which is not read; save it as JPEG or PNG.")]
    [InlineData("00000018667479706D696631", "a HEIC picture")]
    [InlineData("000000186674797061766966", "an AVIF picture, which is not read")]
    [InlineData("000000186674797069736F6D", "HEIC, AVIF or video")]
    [InlineData("49492A00", "a TIFF picture, which is not read; save it as JPEG or PNG.")]
    [InlineData("4D4D002A", "a TIFF picture")]
    [InlineData("00112233", "a.png: not a JPEG, PNG, WebP, GIF or BMP picture; save it as JPEG or PNG.")]
    // An icon, which Skia would read.
    [InlineData("00000100010010100000010020006804000016000000", "not a JPEG, PNG, WebP, GIF or BMP")]
    public void Another_kind_of_file_is_told_by_its_name(string bytes, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<FerException>(() => ImageDecoder.Decode(Convert.FromHexString(bytes), "a.png")).Message);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.png", Assert.Throws<FerException>(() => ImageDecoder.Load("nowhere.png")).Message);

    [Fact]
    public void Grey_is_the_luma_of_the_colour()
    {
        var image = new RgbImage(5, 1, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0]);
        Assert.Equal([76, 150, 29, 255, 0], image.ToGray().Pixels);
    }

    [Fact]
    public void The_size_is_read_without_decoding_and_bounded()
    {
        byte[] png = new TestPng(21, 17, 2, 8, false, 1).ToFile();
        Assert.Equal((21, 17), ImageDecoder.ReadSize(png.AsSpan(0, png.Length / 2), "a.png"));
        string message = Assert.Throws<ImageTooLargeException>(() => ImageDecoder.Decode(png, "a.png", maxPixels: 300)).Message;
        Assert.Contains("at most 300", message);
    }

    [Theory]
    [InlineData("png", 60_000, 60_000, "Make it smaller", true)]
    [InlineData("png", 65_536, 1, "65,536", true)]
    [InlineData("png", 8_192, 8_192, "too little data")]
    [InlineData("png", 0, 5, "0 x 5 pixels")]
    [InlineData("png", -1, 5, "Make it smaller", true)]
    [InlineData("jpg", 5, 0, "5 x 0 pixels")]
    [InlineData("jpg", 65_535, 65_535, "Make it smaller", true)]
    [InlineData("jpg", 8_192, 8_192, "too little data")]
    [InlineData("gif", 65_535, 65_535, "Make it smaller", true)]
    [InlineData("gif", 8_192, 8_192, "too little data")]
    [InlineData("bmp", 60_000, 60_000, "Make it smaller", true)]
    [InlineData("bmp", 8_192, 8_192, "too little data")]
    [InlineData("webp", 16_384, 16_384, "Make it smaller", true)]
    [InlineData("webp", 8_192, 8_192, "picture data")]
    public void Sizes_are_bounded_before_memory_is_taken(string kind, int width, int height, string expected, bool isTooLarge = false)
    {
        byte[] file = HostilePictures.Claiming(kind, width, height);
        Assert.Throws(isTooLarge ? typeof(ImageTooLargeException) : typeof(FerException), () => ImageDecoder.Decode(file, "a"));
        long before = Environment.WorkingSet;
        for (int i = 0; i < 4; i++)
            Assert.Contains(expected, Assert.ThrowsAny<FerException>(() => ImageDecoder.Decode(file, "a")).Message);
        // Its pixels would be 256 MiB or more.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 100 << 20);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_cut_short_is_an_error_that_says_so(string name)
    {
        byte[] file = GoldenPictures.Read(name);
        for (int kept = 0; kept < file.Length / 2; kept += 1 + kept / 50)
        {
            string message = Assert.ThrowsAny<FerException>(() => ImageDecoder.Decode(file.AsSpan(0, kept), "a.jpg")).Message;
            Assert.StartsWith("a.jpg: ", message);
            // Enough to tell what it should have been.
            if (kept >= 12)
                Assert.Matches("^a.jpg: a broken (JPEG|PNG|WebP|GIF|BMP), .* save it again", message);
        }
        // The first frame is the picture, so what is cut off behind it is not missed.
        if (name == "animated.gif") return;
        Assert.Contains("cut short", Assert.Throws<FerException>(() => ImageDecoder.Decode(file.AsSpan(0, Most(file)), "a.jpg")).Message);

        // Without the texts that ImageMagick puts behind a PNG's data.
        static int Most(byte[] file) => file.AsSpan().IndexOf("IDAT"u8) is >= 0 and var data ? data + 2000 : file.Length - 40;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutated_files_are_read_or_refused(string name)
    {
        byte[] file = GoldenPictures.Read(name);
        Fuzz.Run(200, 21, (int _, ref RandomStream random) => Mutation.Of(file, ref random),
            mutated => ImageDecoder.Decode(mutated, "a.jpg", maxPixels: 1 << 20)).MustHaveBoth(100);
    }

    [Theory]
    [InlineData(1, 0xC3, "a JPEG with lossless coding, which is not read")]
    [InlineData(1, 0xC5, "hierarchy")]
    [InlineData(1, 0xC9, "arithmetic")]
    [InlineData(4, 12, "12 bits")]
    public void A_jpeg_of_another_coding_is_told_by_its_name(int offset, byte value, string expected)
    {
        byte[] file = GoldenPictures.Read("baseline-420.jpg");
        file[file.AsSpan().IndexOf<byte>([0xFF, 0xC0]) + offset] = value;
        Assert.Contains(expected, Assert.Throws<FerException>(() => ImageDecoder.Decode(file, "a.jpg")).Message);
    }

    [Fact]
    public void Endless_scans_end()
    {
        byte[] file = GoldenPictures.Read("progressive-422.jpg");
        int frame = file.AsSpan().IndexOf<byte>([0xFF, 0xC2]);
        BinaryPrimitives.WriteInt16BigEndian(file.AsSpan(frame + 5), 2000);
        BinaryPrimitives.WriteInt16BigEndian(file.AsSpan(frame + 7), 2000);
        // The first scan holds first bits only, so it may come again.
        int scan = file.AsSpan().IndexOf<byte>([0xFF, 0xDA]), next = scan + file.AsSpan(scan).IndexOf<byte>([0xFF, 0xC4]);
        byte[] many = [.. file.AsSpan(0, next), .. Enumerable.Repeat(file[scan..next], 20_000).SelectMany(b => b), .. file.AsSpan(next)];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Contains("a.jpg", Assert.ThrowsAny<FerException>(() => ImageDecoder.Decode(many, "a.jpg")).Message);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }
}
