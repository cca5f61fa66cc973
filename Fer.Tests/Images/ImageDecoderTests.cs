using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public class ImageDecoderTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData("474946383961", "GIF")]
    [InlineData("424D0000", "BMP")]
    [InlineData("524946460000000057454250", "WebP")]
    [InlineData("0000001866747970", "HEIC")]
    [InlineData("49492A00", "TIFF")]
    [InlineData("00112233", "neither a PNG nor a JPEG")]
    public void Another_kind_of_file_is_told_by_its_name(string bytes, string expected) =>
        Assert.Contains(expected, Assert.Throws<FerException>(() => ImageDecoder.Decode(Convert.FromHexString(bytes), "a.png")).Message);

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains("nowhere.png", Assert.Throws<FerException>(() => ImageDecoder.Load("nowhere.png")).Message);

    [Fact]
    public void Grey_is_the_luma_of_the_colour() =>
        Assert.Equal([76, 150, 29, 255, 0], new RgbImage(5, 1, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0]).ToGray().Pixels);

    [Fact]
    public void The_size_is_read_without_decoding_and_bounded()
    {
        byte[] png = new TestPng(21, 17, 2, 8, false, 1).ToFile();
        Assert.Equal((21, 17), ImageDecoder.ReadSize(png.AsSpan(0, 40), "a.png"));
        Assert.Contains("at most 300", Assert.Throws<ImageTooLargeException>(() => ImageDecoder.Decode(png, "a.png", maxPixels: 300)).Message);
    }
}
