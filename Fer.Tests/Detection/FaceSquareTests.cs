using System.Numerics;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;

namespace Fer.Tests.Detection;

public class FaceSquareTests
{
    [Fact]
    public void A_square_of_the_crops_own_size_is_copied_unchanged()
    {
        var image = Noise(80, 60);
        byte[] crop = new FaceSquare(new Vector2(20 + 24, 5 + 24), 48).Crop(image);
        byte[] gray = image.ToGray().Pixels;
        for (int y = 0; y < 48; y++)
            for (int x = 0; x < 48; x++) Assert.Equal(gray[(y + 5) * 80 + x + 20], crop[y * 48 + x]);
    }

    [Fact]
    public void A_larger_square_is_averaged_by_area()
    {
        var image = Noise(96, 96);
        byte[] expected = ImageResizer.Resize(image.ToGray(), 48, 48).Pixels;
        byte[] crop = FaceSquare.Middle(image).Crop(image);
        for (int i = 0; i < crop.Length; i++) Assert.InRange(crop[i] - expected[i], -1, 1);
    }

    [Theory]
    [InlineData(MathF.PI / 2)]
    [InlineData(MathF.PI)]
    [InlineData(-MathF.PI / 2)]
    public void A_turned_square_shows_the_face_upright(float roll)
    {
        var image = Noise(48, 48);
        byte[] gray = image.ToGray().Pixels, crop = new FaceSquare(new Vector2(24, 24), 48, roll).Crop(image);
        for (int y = 0; y < 48; y++)
        {
            for (int x = 0; x < 48; x++)
            {
                // Turned clockwise by a quarter, the face's right is the picture's bottom.
                int source = roll > 3 ? (47 - y) * 48 + 47 - x : roll > 0 ? x * 48 + 47 - y : (47 - x) * 48 + y;
                Assert.InRange(crop[y * 48 + x] - gray[source], -1, 1);
            }
        }
    }

    [Fact]
    public void Beyond_the_picture_its_edge_is_repeated()
    {
        var image = new RgbImage(2, 1, [10, 10, 10, 200, 200, 200]);
        byte[] crop = new FaceSquare(new Vector2(1, 0.5f), 40).Crop(image);
        Assert.Equal(10, crop[0]);
        Assert.Equal(200, crop[47]);
        Assert.Equal(10, crop[47 * 48]);
        Assert.All(new FaceSquare(new Vector2(-500, -500), 90, 1).Crop(image), v => Assert.Equal(10, v));
    }

    [Fact]
    public void A_square_without_a_side_is_an_error() =>
        Assert.Throws<ArgumentException>(() => new FaceSquare(default, 0).Crop(Noise(4, 4)));

    [Fact]
    public void The_framing_follows_the_box_and_the_eyes()
    {
        var face = new DetectedFace(new FaceBox(100, 50, 40, 60), 1,
            new FaceLandmarks(new(110, 70), new(130, 90), default, default, default, default));
        var level = new FaceFraming { Scale = 2, Down = 0.1f, Upright = false }.Around(face);
        Assert.Equal((new Vector2(120, 85), 100f, 0f), (level.Center, level.Side, level.Roll));
        var turned = new FaceFraming { Scale = 1, Down = 1 }.Around(face);
        Assert.Equal(MathF.PI / 4, turned.Roll, 1e-6f);
        Assert.Equal(120 - 50 / MathF.Sqrt(2), turned.Center.X, 1e-3f);
        Assert.Equal(80 + 50 / MathF.Sqrt(2), turned.Center.Y, 1e-3f);
    }

    internal static RgbImage Noise(int width, int height)
    {
        var random = new RandomStream(9);
        return new RgbImage(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(_ => (byte)random.NextInt32(256))]);
    }
}
