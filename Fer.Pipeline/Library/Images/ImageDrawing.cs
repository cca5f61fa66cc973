namespace Fer.Pipeline.Images;

/// <summary>Draws into a picture. What reaches beyond it is left out.</summary>
internal static class ImageDrawing
{
    /// <summary>Fills a rectangle.</summary>
    internal static void Fill(RgbImage image, int x, int y, int width, int height, (byte R, byte G, byte B) color)
    {
        int left = Math.Clamp(x, 0, image.Width), right = (int)Math.Clamp((long)x + width, left, image.Width);
        int top = Math.Clamp(y, 0, image.Height), bottom = (int)Math.Clamp((long)y + height, top, image.Height);
        for (int row = top; row < bottom; row++)
        {
            for (int at = 3 * (row * image.Width + left), end = 3 * (row * image.Width + right); at < end; at += 3)
                (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]) = color;
        }
    }

    /// <summary>Draws the edges of a rectangle, inside it.</summary>
    internal static void Frame(RgbImage image, int x, int y, int width, int height, int thickness, (byte R, byte G, byte B) color)
    {
        Fill(image, x, y, width, thickness, color);
        Fill(image, x, y + height - thickness, width, thickness, color);
        Fill(image, x, y, thickness, height, color);
        Fill(image, x + width - thickness, y, thickness, height, color);
    }

    /// <summary>Width of a line of text, in pixels.</summary>
    internal static int TextWidth(string text, int scale) => text.Length * (PixelFont.Width + 1) * scale;

    /// <summary>Writes a line of text.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="text">Letters that <see cref="PixelFont"/> knows.</param>
    /// <param name="x">Left edge.</param>
    /// <param name="y">Upper edge.</param>
    /// <param name="scale">Pixels a dot.</param>
    /// <param name="color">Of the letters.</param>
    internal static void Text(RgbImage image, string text, int x, int y, int scale, (byte R, byte G, byte B) color)
    {
        foreach (char letter in text)
        {
            for (int row = 0; row < PixelFont.Height; row++)
                for (int column = 0; column < PixelFont.Width; column++)
                    if (PixelFont.HasInk(letter, column, row)) Fill(image, x + column * scale, y + row * scale, scale, scale, color);
            x += (PixelFont.Width + 1) * scale;
        }
    }
}
