using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;

namespace Fer.Tests.Detection;

public class FaceFinderTests
{
    [Fact]
    public void A_face_is_found_where_it_is_in_the_picture()
    {
        using var finder = new FaceFinder(FakeNetwork.OfBright(64), null, FaceFinderOptions.Live);
        var face = Assert.Single(finder.Find(Picture(640, 320, (200, 120, 60, 60))));
        Assert.True(face.Box.IntersectionOverUnion(new FaceBox(200, 120, 60, 60)) > 0.8f, face.Box.ToString());
    }

    [Fact]
    public void A_picture_without_a_face_gives_none()
    {
        using var finder = new FaceFinder(FakeNetwork.OfBright(64), null, FaceFinderOptions.Live);
        Assert.Empty(finder.Find(Picture(640, 320)));
    }

    [Fact]
    public void Tiles_find_what_is_too_small_in_the_whole()
    {
        // Sees nothing of fewer than 6 pixels of its own.
        FakeNetwork Blunt() => new(64, (input, output) =>
        {
            var sharp = new BlazeFaceOutput();
            FakeNetwork.OfBright(64).Run(input.Span, sharp);
            if (sharp.Boxes[16 * 100 + 2] < 6) return;
            sharp.Scores.CopyTo(output.Scores, 0);
            sharp.Boxes.CopyTo(output.Boxes, 0);
        });
        var picture = Picture(1024, 1024, (700, 300, 60, 60));
        using var once = new FaceFinder(Blunt(), null, new FaceFinderOptions { Levels = 1 });
        using var closely = new FaceFinder(Blunt(), null, new FaceFinderOptions { Levels = 3 });
        Assert.Empty(once.Find(picture));
        Assert.True(Assert.Single(closely.Find(picture)).Box.IntersectionOverUnion(new FaceBox(700, 300, 60, 60)) > 0.7f);
    }

    [Theory]
    [InlineData(640, 1)]
    [InlineData(1024, 1)]
    [InlineData(1920, 2)]
    [InlineData(4000, 3)]
    [InlineData(60_000, 4)]
    public void Larger_pictures_are_looked_at_more_closely(int side, int levels) =>
        Assert.Equal(levels, new FaceFinderOptions().LevelsFor(side));

    [Fact]
    public void A_face_that_the_second_network_does_not_see_is_dropped()
    {
        var picture = Picture(640, 320, (200, 120, 60, 60));
        var blind = new FakeNetwork(32, (_, _) => { });
        using var doubting = new FaceFinder(FakeNetwork.OfBright(64), blind, new FaceFinderOptions { Levels = 1, Turned = false });
        Assert.Empty(doubting.Find(picture));
        Assert.Equal(1, blind.Runs);
        using var agreeing = new FaceFinder(FakeNetwork.OfBright(64), FakeNetwork.OfBright(32), new FaceFinderOptions { Levels = 1 });
        Assert.Single(agreeing.Find(picture));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_turned_face_is_found_where_it_is_and_its_eyes_say_how_it_is_turned(int quarters)
    {
        // Sees a face whose bright forehead is at the top: in the upper third of the picture, and wider than high.
        FakeNetwork OfUpright() => new(64, (input, output) =>
        {
            FakeNetwork.OfBright(64).Run(input.Span, output);
            var values = output.Boxes.AsSpan(16 * 100, 16);
            float y = BlazeFaceDecoder.AnchorAt(100).Y * 64 + values[1];
            if (values[2] <= values[3] || y > 25) output.Scores[100] = -100;
        });
        var upright = Picture(640, 480, (200, 100, 120, 60));
        using var finder = new FaceFinder(OfUpright(), null, new FaceFinderOptions { Levels = 1 });
        float box = Assert.Single(finder.Find(upright)).Box.Width;
        var turned = ImageTurn.Clockwise(upright, quarters);
        var face = Assert.Single(finder.Find(turned));
        var expected = quarters switch
        {
            1 => new FaceBox(480 - 160, 200, 60, 120),
            2 => new FaceBox(640 - 320, 480 - 160, 120, 60),
            _ => new FaceBox(100, 640 - 320, 60, 120),
        };
        Assert.True(face.Box.IntersectionOverUnion(expected) > 0.75f, face.Box.ToString());
        Assert.Equal(box, Math.Max(face.Box.Width, face.Box.Height), 0.01);
        var (sine, cosine) = Math.SinCos(quarters * Math.PI / 2);
        Assert.Equal(sine, Math.Sin(face.Landmarks.Roll), 1e-4);
        Assert.Equal(cosine, Math.Cos(face.Landmarks.Roll), 1e-4);
        using var strict = new FaceFinder(OfUpright(), null, new FaceFinderOptions { Levels = 1, Turned = false });
        Assert.Empty(strict.Find(turned));
    }

    [Fact]
    public void Four_quarters_are_a_whole_turn()
    {
        var image = FaceSquareTests.Noise(5, 3);
        var turned = image;
        for (int i = 0; i < 4; i++) turned = ImageTurn.Clockwise(turned, 1);
        Assert.Equal(image.Pixels, turned.Pixels);
        Assert.Equal(ImageTurn.Clockwise(ImageTurn.Clockwise(image, 1), 1).Pixels, ImageTurn.Clockwise(image, 2).Pixels);
        Assert.Equal(ImageTurn.Clockwise(ImageTurn.Clockwise(image, 2), 1).Pixels, ImageTurn.Clockwise(image, 3).Pixels);
        // The top left pixel comes to the top right.
        Assert.Equal(image.Pixels[..3], ImageTurn.Clockwise(image, 1).Pixels[6..9]);
    }

    [Theory]
    [InlineData(0f, 0.3f, 1, 1)]
    [InlineData(0.5f, 0f, 1, 1)]
    [InlineData(0.5f, 0.3f, 0, 1)]
    [InlineData(0.5f, 0.3f, 5, 1)]
    [InlineData(0.5f, 0.3f, 1, 0)]
    public void Options_out_of_their_range_are_refused(float score, float overlap, int levels, int most) =>
        Assert.Throws<FerUsageException>(() => new FaceFinder(FakeNetwork.OfBright(64), null,
            new FaceFinderOptions { MinimumScore = score, Overlap = overlap, Levels = levels, MostFaces = most }));

    [Fact]
    public void Disposing_the_finder_disposes_its_networks()
    {
        FakeNetwork first = FakeNetwork.OfBright(64), second = FakeNetwork.OfBright(32);
        var finder = new FaceFinder(first, second, new FaceFinderOptions());
        finder.Dispose();
        Assert.True(first.IsDisposed && second.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => finder.Find(Picture(10, 10)));
    }

    private static RgbImage Picture(int width, int height, params (int X, int Y, int Width, int Height)[] faces)
    {
        var image = new RgbImage(width, height, new byte[3 * width * height]);
        foreach (var (x, y, w, h) in faces) ImageDrawing.Fill(image, x, y, w, h, (255, 255, 255));
        return image;
    }
}
