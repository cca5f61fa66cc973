namespace Fer.Pipeline.Detection;

/// <summary>The squares of an image that the detector looks at: all of it, and smaller ones in which small faces are large enough to be found.</summary>
internal static class ImageTiles
{
    /// <summary>Neighbouring tiles share this much of their side, so that a face cut by one's edge is whole in the other.</summary>
    private const float Overlap = 0.3f;

    /// <summary>The squares, the whole image first. It is centred in the first, whose rest is empty.</summary>
    /// <param name="width">Of the image.</param>
    /// <param name="height">Of the image.</param>
    /// <param name="levels">1 for the whole image; each more halves the side of the tiles.</param>
    /// <param name="smallest">Tiles of fewer pixels a side than this show nothing that larger ones do not.</param>
    internal static IEnumerable<FaceBox> Of(int width, int height, int levels, int smallest)
    {
        float whole = Math.Max(width, height);
        yield return new FaceBox((width - whole) / 2, (height - whole) / 2, whole, whole);
        for (int level = 1; level < levels; level++)
        {
            float side = whole / (1 << level);
            if (side < smallest) yield break;
            // Tiles larger than the image's shorter side reach beyond it on both sides.
            int across = Count(width, side), down = Count(height, side);
            for (int y = 0; y < down; y++)
                for (int x = 0; x < across; x++)
                    yield return new FaceBox(Place(width, side, across, x), Place(height, side, down, y), side, side);
        }
    }

    /// <summary>True where a box lies whole in its tile, or is cut only where the image ends.</summary>
    internal static bool Holds(FaceBox tile, FaceBox box, int width, int height) =>
        (box.X >= tile.X || tile.X <= 0) && (box.Y >= tile.Y || tile.Y <= 0) &&
        (box.Right <= tile.Right || tile.Right >= width) && (box.Bottom <= tile.Bottom || tile.Bottom >= height);

    private static int Count(int length, float side) => length <= side ? 1 : 1 + (int)MathF.Ceiling((length - side) / (side * (1 - Overlap)));

    private static float Place(int length, float side, int count, int index) =>
        count == 1 ? (length - side) / 2 : (length - side) * index / (count - 1);
}
