using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

/// <summary>Pictures come upright by their Exif orientation; <see cref="ImageMagickTests"/> checks the same against ImageMagick.</summary>
public sealed class OrientationTests
{
    // Where the letters of "abcdef", stored as rows "abc" and "def", are seen.
    public static TheoryData<int, int, string> Seen => new()
    {
        { 1, 3, "abcdef" }, { 2, 3, "cbafed" }, { 3, 3, "fedcba" }, { 4, 3, "defabc" },
        { 5, 2, "adbecf" }, { 6, 2, "daebfc" }, { 7, 2, "fcebda" }, { 8, 2, "cfbead" },
    };

    [Theory]
    [MemberData(nameof(Seen))]
    public void Stored_pixels_are_put_where_they_are_seen(int orientation, int width, string seen)
    {
        byte[] rgba = [.. "abcdef".SelectMany(letter => (byte[])[(byte)letter, 1, 2, 255])];
        var image = DecodedPixels.ToRgb(rgba, 3, 2, isOpaque: true, orientation);
        Assert.Equal((width, 6 / width), (image.Width, image.Height));
        Assert.Equal(seen, string.Concat(Enumerable.Range(0, 6).Select(i => (char)image.Pixels[3 * i])));
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal((1, 2), (image.Pixels[3 * i + 1], image.Pixels[3 * i + 2])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public void A_png_and_a_jpeg_are_turned_alike(int orientation)
    {
        byte[] jpeg = TestJpeg.WithOrientation(GoldenPictures.Read("gray.jpg"), orientation, littleEndian: orientation > 3);
        var turned = ImageDecoder.Decode(jpeg, "a");
        Assert.Equal(orientation >= 5 ? (36, 40) : (40, 36), (turned.Width, turned.Height));

        TestPng plain = new(5, 4, 2, 8, false, 1), held = new(5, 4, 2, 8, false, 1) { Exif = TestJpeg.Tiff(orientation, orientation > 3) };
        byte[] rgba = [.. plain.ExpectedRgb().Chunk(3).SelectMany(pixel => (byte[])[.. pixel, 255])];
        var expected = DecodedPixels.ToRgb(rgba, 5, 4, isOpaque: true, orientation);
        var actual = ImageDecoder.Decode(held.ToFile(), "a");
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal(expected.Pixels, actual.Pixels);
    }

    [Fact]
    public void A_damaged_orientation_is_passed_over()
    {
        byte[] turned = TestJpeg.WithOrientation(GoldenPictures.Read("gray.jpg"), 6, littleEndian: true);
        byte[] exif = TestJpeg.Tiff(6, littleEndian: true);
        // Nothing else of the files depends on it.
        for (int at = 6; at < 50; at++)
        {
            byte[] damaged = [.. turned];
            damaged[at] ^= 0xFF;
            Assert.Contains(ImageDecoder.Decode(damaged, "a").Width, (int[])[36, 40]);
        }
        for (int at = 0; at < exif.Length; at++)
        {
            byte[] damaged = [.. exif];
            damaged[at] ^= 0xFF;
            Assert.Contains(ImageDecoder.Decode(new TestPng(5, 4, 2, 8, false, 1) { Exif = damaged }.ToFile(), "a").Width, (int[])[4, 5]);
        }
        Assert.Equal(5, ImageDecoder.Decode(new TestPng(5, 4, 2, 8, false, 1) { Exif = exif[..9] }.ToFile(), "a").Width);
    }
}
