using SkiaSharp;

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

    /// <summary>Width and height of a line of text, in pixels.</summary>
    /// <param name="text">The line.</param>
    /// <param name="size">The font's size in pixels.</param>
    internal static (int Width, int Height) TextSize(string text, float size)
    {
        using var font = LabelFont.At(size);
        return ((int)MathF.Ceiling(font.MeasureText(text)), (int)MathF.Ceiling(font.Metrics.Descent - font.Metrics.Ascent));
    }

    /// <summary>Writes a line of text.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="text">The line.</param>
    /// <param name="x">Left edge.</param>
    /// <param name="y">Upper edge of the line, above its accents.</param>
    /// <param name="size">The font's size in pixels.</param>
    /// <param name="color">Of the letters.</param>
    internal static void Text(RgbImage image, string text, int x, int y, float size, (byte R, byte G, byte B) color)
    {
        var (width, height) = TextSize(text, size);
        int left = Math.Clamp(x, 0, image.Width), right = (int)Math.Clamp((long)x + width, left, image.Width);
        int top = Math.Clamp(y, 0, image.Height), bottom = (int)Math.Clamp((long)y + height, top, image.Height);
        if (left == right || top == bottom) return;
        // How much of each pixel the letters cover; only of the part that lies in the picture.
        using var mask = new SKBitmap(new SKImageInfo(right - left, bottom - top, SKColorType.Alpha8, SKAlphaType.Premul));
        mask.Erase(SKColors.Transparent);
        using (var canvas = new SKCanvas(mask))
        using (var font = LabelFont.At(size))
        using (var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true })
            canvas.DrawText(text, x - left, y - top - font.Metrics.Ascent, SKTextAlign.Left, font, ink);
        var covered = mask.GetPixelSpan();
        for (int row = top; row < bottom; row++)
        {
            var cover = covered.Slice((row - top) * mask.RowBytes, right - left);
            var pixels = image.Pixels.AsSpan(3 * (row * image.Width + left), 3 * cover.Length);
            for (int i = 0; i < cover.Length; i++)
            {
                pixels[3 * i] = Blend(pixels[3 * i], color.R, cover[i]);
                pixels[3 * i + 1] = Blend(pixels[3 * i + 1], color.G, cover[i]);
                pixels[3 * i + 2] = Blend(pixels[3 * i + 2], color.B, cover[i]);
            }
        }
    }

    private static byte Blend(byte below, byte above, int cover) => (byte)((above * cover + below * (255 - cover) + 127) / 255);
}
