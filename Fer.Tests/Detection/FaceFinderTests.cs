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
        using var doubting = new FaceFinder(FakeNetwork.OfBright(64), blind, new FaceFinderOptions { Levels = 1 });
        Assert.Empty(doubting.Find(picture));
        Assert.Equal(1, blind.Runs);
        using var agreeing = new FaceFinder(FakeNetwork.OfBright(64), FakeNetwork.OfBright(32), new FaceFinderOptions { Levels = 1 });
        Assert.Single(agreeing.Find(picture));
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
