using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Tests.Detection;

public sealed class FaceAnnotatorTests
{
    private static readonly FerPrediction Happy = FerPrediction.From(["sad", "happy"], [0.07f, 0.93f]);

    [Fact]
    public void A_label_stands_on_the_boxs_colour_above_it()
    {
        var image = Drawn(new FaceBox(100, 100, 120, 120));
        var edge = Pixel(image, 100, 160);
        Assert.NotEqual((0, 0, 0), edge);
        // The label's left margin, and black letters further right in the same row of pixels.
        Assert.Equal(edge, Pixel(image, 101, 92));
        Assert.Contains(Enumerable.Range(102, 80), x => Pixel(image, x, 92) == (0, 0, 0));
        // Beside and above the label nothing changes.
        Assert.Equal((9, 9, 9), Pixel(image, 90, 92));
        Assert.Equal((9, 9, 9), Pixel(image, 101, 70));
    }

    [Fact]
    public void A_label_without_room_above_stands_inside_and_one_at_the_edge_is_moved_in()
    {
        var image = Drawn(new FaceBox(380, 2, 60, 60));
        var edge = Pixel(image, 380, 50);
        Assert.Equal(edge, Pixel(image, 399, 10));
        Assert.Equal(edge, Pixel(image, 330, 10));
    }

    [Fact]
    public void Below_the_threshold_a_face_is_unsure()
    {
        Assert.Equal("happy 93%", FaceAnnotator.Label(Happy, 0.5));
        Assert.Equal("unsure 93%", FaceAnnotator.Label(Happy, 0.95));
    }

    private static RgbImage Drawn(FaceBox box)
    {
        var image = new RgbImage(400, 300, [.. Enumerable.Repeat((byte)9, 3 * 400 * 300)]);
        FaceAnnotator.Draw(image, box, Happy, FaceAnnotator.Label(Happy, 0.5));
        return image;
    }

    private static (byte R, byte G, byte B) Pixel(RgbImage image, int x, int y)
    {
        var pixel = image.Pixels.AsSpan(3 * (y * image.Width + x), 3);
        return (pixel[0], pixel[1], pixel[2]);
    }
}
