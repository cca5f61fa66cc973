namespace Fer.Pipeline.Detection;

/// <summary>
/// The squares of an image that the detector searches: the whole image, and smaller tiles in which small faces are large enough to be
/// found.
/// </summary>
internal static class ImageTiles
{
    /// <summary>
    /// Neighbouring tiles overlap by this share of their side, so that a face cut by the edge of one is whole in the other.
    /// </summary>
    private const float Overlap = 0.3f;

    /// <summary>The squares, the whole image first: it is centred in its square, the rest of which is empty.</summary>
    /// <param name="width">Width of the image.</param>
    /// <param name="height">Height of the image.</param>
    /// <param name="levels">1 for the whole image; each more halves the side of the tiles.</param>
    /// <param name="smallest">Tiles of fewer pixels per side show nothing that larger ones do not.</param>
    internal static IEnumerable<FaceBox> Of(int width, int height, int levels, int smallest)
    {
        float whole = Math.Max(width, height);
        yield return new FaceBox((width - whole) / 2, (height - whole) / 2, whole, whole);
        for (int level = 1; level < levels; level++)
        {
            float side = whole / (1 << level);
            if (side < smallest) yield break;
            // Tiles larger than the image's shorter side extend beyond it on both sides.
            int across = Count(width, side), down = Count(height, side);
            for (int y = 0; y < down; y++)
                for (int x = 0; x < across; x++)
                    yield return new FaceBox(Place(width, side, across, x), Place(height, side, down, y), side, side);
        }
    }

    /// <summary>True if a box lies entirely in its tile, or is cut only by the edge of the image.</summary>
    internal static bool Holds(FaceBox tile, FaceBox box, int width, int height) =>
        (box.X >= tile.X || tile.X <= 0) && (box.Y >= tile.Y || tile.Y <= 0) &&
        (box.Right <= tile.Right || tile.Right >= width) && (box.Bottom <= tile.Bottom || tile.Bottom >= height);

    private static int Count(int length, float side) =>
        length <= side ? 1 : 1 + (int)MathF.Ceiling((length - side) / (side * (1 - Overlap)));

    private static float Place(int length, float side, int count, int index) =>
        count == 1 ? (length - side) / 2 : (length - side) * index / (count - 1);
}
