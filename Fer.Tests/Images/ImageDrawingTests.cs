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
    public void Letters_differ_and_unknown_ones_are_question_marks()
    {
        string Drawn(char letter)
        {
            var image = new RgbImage(6, 7, new byte[126]);
            ImageDrawing.Text(image, letter.ToString(), 0, 0, 1, (1, 1, 1));
            return string.Concat(Enumerable.Range(0, 42).Select(i => image.Pixels[3 * i]));
        }
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 %.-?";
        Assert.Equal(letters.Length, letters.Select(Drawn).Distinct().Count());
        Assert.Equal(Drawn('H'), Drawn('h'));
        Assert.Equal(Drawn('?'), Drawn('\u00E9'));
    }

    [Fact]
    public void Colour_pictures_are_written_and_read_back()
    {
        var image = Fer.Tests.Detection.FaceSquareTests.Noise(33, 21);
        Assert.Equal(image.Pixels, PngDecoder.Decode(PngEncoder.Encode(image), "a.png").Pixels);
    }
}
