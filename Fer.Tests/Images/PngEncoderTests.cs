using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public sealed class PngEncoderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(48, 48)]
    [InlineData(33, 70)]
    public void What_is_written_is_read_back(int width, int height)
    {
        var grey = new GrayImage(width, height, TestPng.Random(width * height, 1));
        var greyAgain = ImageDecoder.Decode(PngEncoder.Encode(grey), "a.png").ToGray();
        Assert.Equal((width, height), (greyAgain.Width, greyAgain.Height));
        Assert.Equal(grey.Pixels, greyAgain.Pixels);

        var colour = new RgbImage(width, height, TestPng.Random(3 * width * height, 2));
        Assert.Equal(colour.Pixels, ImageDecoder.Decode(PngEncoder.Encode(colour), "a.png").Pixels);
    }

    [Fact]
    public void Grey_is_stored_as_grey_and_colour_without_alpha_of_8_bits()
    {
        // IHDR's bit depth and colour type.
        Assert.Equal([8, 0], PngEncoder.Encode(new GrayImage(2, 1, [1, 2]))[24..26]);
        Assert.Equal([8, 2], PngEncoder.Encode(new RgbImage(1, 1, [1, 2, 3]))[24..26]);
    }

    [Fact]
    public void Equal_images_give_equal_files()
    {
        var image = new RgbImage(31, 17, TestPng.Random(3 * 31 * 17, 3));
        Assert.Equal(PngEncoder.Encode(image), PngEncoder.Encode(new RgbImage(31, 17, [.. image.Pixels])));
    }
}
