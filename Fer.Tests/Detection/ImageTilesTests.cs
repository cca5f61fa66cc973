using Fer.Pipeline;
using Fer.Pipeline.Detection;

namespace Fer.Tests.Detection;

public class ImageTilesTests
{
    [Fact]
    public void The_first_is_the_whole_picture_centred() =>
        Assert.Equal([new FaceBox(0, -80, 640, 640)], ImageTiles.Of(640, 480, levels: 1, smallest: 128));

    [Theory]
    [InlineData(1920, 1280)]
    [InlineData(480, 1000)]
    [InlineData(3000, 200)]
    public void Every_small_face_is_whole_in_some_tile(int width, int height)
    {
        var random = new RandomStream(5);
        var tiles = ImageTiles.Of(width, height, levels: 3, smallest: 64).ToList();
        float smallest = tiles.Min(t => t.Width), side = 0.25f * smallest;
        for (int i = 0; i < 2000; i++)
        {
            var face = new FaceBox((float)random.NextDouble(0, width - side), (float)random.NextDouble(0, height - side), side, side);
            Assert.Contains(tiles, t => t.Width == smallest && ImageTiles.Holds(t, face, width, height));
        }
    }

    [Fact]
    public void Small_pictures_are_not_cut_up() => Assert.Single(ImageTiles.Of(200, 150, levels: 4, smallest: 128));

    [Fact]
    public void A_face_cut_by_the_edge_of_a_tile_is_left_to_the_next()
    {
        var tile = new FaceBox(100, 100, 200, 200);
        Assert.True(ImageTiles.Holds(tile, new FaceBox(120, 120, 50, 50), 1000, 1000));
        Assert.False(ImageTiles.Holds(tile, new FaceBox(90, 120, 50, 50), 1000, 1000));
        Assert.False(ImageTiles.Holds(tile, new FaceBox(120, 260, 50, 50), 1000, 1000));
        // At the picture's own edge there is no next tile.
        Assert.True(ImageTiles.Holds(new FaceBox(0, 0, 200, 200), new FaceBox(-10, -10, 50, 50), 1000, 1000));
    }
}
