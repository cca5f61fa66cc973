using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public class ImageDrawingTests
{
    [Fact]
    public void What_reaches_beyond_the_picture_is_left_out()
    {
        var image = new RgbImage(4, 3, new byte[36]);
        ImageDrawing.Fill(image, -2, 1, 4, 100, (9, 8, 7));
        ImageDrawing.Fill(image, int.MaxValue - 1, 0, int.MaxValue, 5, (1, 1, 1));
        byte[] red = [.. Enumerable.Range(0, 12).Select(i => image.Pixels[3 * i])];
        Assert.Equal([0, 0, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0], red);
    }

    [Fact]
    public void A_frame_is_hollow()
    {
        var image = new RgbImage(5, 5, new byte[75]);
        ImageDrawing.Frame(image, 0, 0, 5, 5, 1, (255, 0, 0));
        Assert.Equal(16, Enumerable.Range(0, 25).Count(i => image.Pixels[3 * i] == 255));
        Assert.Equal(0, image.Pixels[3 * 12]);
    }

    [Fact]
    public void Letters_of_Latin_Greek_and_Cyrillic_differ_in_a_font_that_comes_along()
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789%.-?\u00E9\u00DF\u0142\u03B1\u0416";
        var drawn = letters.Select(letter => Drawn(letter.ToString())).ToList();
        Assert.Equal(letters.Length, drawn.Distinct().Count());
        // What the font lacks is a box, not nothing.
        Assert.Contains(Drawn("\u4E00"), pixel => pixel != '\0');
        Assert.All(drawn, picture => Assert.NotEqual(Drawn("\u4E00"), picture));
    }

    [Fact]
    public void A_text_stays_within_its_size_and_grows_with_its_font()
    {
        var (width, height) = ImageDrawing.TextSize("happy 93%", 20);
        Assert.InRange(height, 20, 28);
        Assert.InRange(width, 80, 130);
        Assert.InRange(ImageDrawing.TextSize("happy 93%", 40).Width, 2 * width - 3, 2 * width + 3);
        var image = new RgbImage(width + 20, height + 20, new byte[3 * (width + 20) * (height + 20)]);
        ImageDrawing.Text(image, "happy 93%", 10, 10, 20, (255, 255, 255));
        for (int y = 0; y < image.Height; y++)
            for (int x = 0; x < image.Width; x++)
                if (x < 9 || y < 9 || x > width + 10 || y > height + 10) Assert.Equal(0, image.Pixels[3 * (y * image.Width + x)]);
        Assert.InRange(image.Pixels.Count(value => value > 200), 500, 3 * width * height / 2);
    }

    [Theory]
    [InlineData(-30, -8)]
    [InlineData(50, 25)]
    [InlineData(1000, 0)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void A_text_that_reaches_beyond_the_picture_is_cut(int x, int y)
    {
        var large = new RgbImage(200, 100, new byte[3 * 200 * 100]);
        var small = new RgbImage(60, 30, new byte[3 * 60 * 30]);
        ImageDrawing.Text(small, "surprise", x, y, 16, (9, 200, 7));
        if (x is < -200 or > 200) Assert.All(small.Pixels, value => Assert.Equal(0, value));
        else
        {
            ImageDrawing.Text(large, "surprise", x + 70, y + 35, 16, (9, 200, 7));
            for (int i = 0; i < 60 * 30; i++)
                Assert.Equal(large.Pixels[3 * ((i / 60 + 35) * 200 + i % 60 + 70) + 1], small.Pixels[3 * i + 1]);
        }
    }

    private static string Drawn(string letter)
    {
        var image = new RgbImage(24, 28, new byte[3 * 24 * 28]);
        ImageDrawing.Text(image, letter, 0, 0, 20, (255, 255, 255));
        return string.Concat(Enumerable.Range(0, 24 * 28).Select(i => (char)image.Pixels[3 * i]));
    }
}
