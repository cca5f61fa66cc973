using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public class ImageResizerTests
{
    [Fact]
    public void An_image_of_the_size_wanted_is_left_as_it_is()
    {
        var image = new GrayImage(3, 2, [1, 2, 3, 4, 5, 6]);
        Assert.Same(image, ImageResizer.Resize(image, 3, 2));
    }

    [Fact]
    public void Smaller_is_the_mean_of_the_area_also_where_pixels_are_cut()
    {
        Assert.Equal([25, 65], ImageResizer.Resize(new GrayImage(4, 2, [10, 20, 50, 60, 30, 40, 70, 80]), 2, 1).Pixels);
        // Three pixels to two: each takes one and a half.
        Assert.Equal([50, 110], ImageResizer.Resize(new GrayImage(3, 1, [30, 90, 120]), 2, 1).Pixels);
    }

    [Fact]
    public void Larger_is_linear_between_pixel_centres() =>
        Assert.Equal([0, 25, 75, 100], ImageResizer.Resize(new GrayImage(2, 1, [0, 100]), 4, 1).Pixels);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 200)]
    [InlineData(200, 31)]
    [InlineData(47, 49)]
    public void A_flat_image_stays_flat(int width, int height)
    {
        var pixels = new byte[width * height];
        pixels.AsSpan().Fill(131);
        Assert.All(ImageResizer.Resize(new GrayImage(width, height, pixels), 48, 48).Pixels, value => Assert.Equal(131, value));
    }

    [Fact]
    public void The_mean_is_kept_when_an_image_shrinks()
    {
        byte[] pixels = TestPng.Random(97 * 131, 5);
        byte[] small = ImageResizer.Resize(new GrayImage(97, 131, pixels), 48, 48).Pixels;
        Assert.Equal(pixels.Average(value => value), small.Average(value => value), 0.5);
    }

    [Fact]
    public void Sizes_out_of_range_are_refused()
    {
        var image = new GrayImage(1, 1, [0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(image, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(image, 1 << 20, 1 << 20));
        Assert.Throws<ArgumentException>(() => new GrayImage(2, 2, [1]));
    }
}
