namespace Fer.Pipeline.Images;

/// <summary>Turns pictures by quarters.</summary>
internal static class ImageTurn
{
    /// <summary>The picture turned clockwise.</summary>
    /// <param name="image">The picture, which is left as it is.</param>
    /// <param name="quarters">Quarters of a turn, 0 … 3.</param>
    internal static RgbImage Clockwise(RgbImage image, int quarters)
    {
        var (width, height) = (image.Width, image.Height);
        var pixels = new byte[image.Pixels.Length];
        // Where the top left pixel goes, and how far apart its neighbours on the right and below come to lie.
        var (start, right, below) = quarters switch
        {
            0 => (0, 1, width),
            1 => (height - 1, height, -1),
            2 => (width * height - 1, -1, -width),
            _ => ((width - 1) * height, -height, 1),
        };
        for (int y = 0; y < height; y++)
        {
            var row = image.Pixels.AsSpan(3 * width * y, 3 * width);
            for (int x = 0, to = start + y * below; x < width; x++, to += right)
                (pixels[3 * to], pixels[3 * to + 1], pixels[3 * to + 2]) = (row[3 * x], row[3 * x + 1], row[3 * x + 2]);
        }
        return (quarters & 1) == 0 ? new RgbImage(width, height, pixels) : new RgbImage(height, width, pixels);
    }
}
