using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fer.Pipeline.Images;

/// <summary>Makes an <see cref="RgbImage"/> of what a codec decoded: upright, and on white where it is seen through.</summary>
internal static class DecodedPixels
{
    /// <summary>The image the right way up.</summary>
    /// <param name="rgba">[height, width, 4] red, green, blue and alpha, not multiplied by it; composited in place.</param>
    /// <param name="width">Pixels a row, as stored.</param>
    /// <param name="height">Rows, as stored.</param>
    /// <param name="isOpaque">True where every alpha is 255.</param>
    /// <param name="orientation">Exif's, 1 … 8.</param>
    internal static RgbImage ToRgb(Span<byte> rgba, int width, int height, bool isOpaque, int orientation)
    {
        bool turned = orientation >= 5;
        int across = turned ? height : width, down = turned ? width : height;
        // Where a stored pixel goes, and how far apart its neighbours on the right and below come to lie.
        bool fromRight = orientation is 2 or 3 or 7 or 8, fromBottom = orientation is 3 or 4 or 6 or 7;
        int stepX = (turned ? across : 1) * (fromRight ? -1 : 1), stepY = (turned ? 1 : across) * (fromBottom ? -1 : 1);
        int start = (fromRight ? -stepX * (width - 1) : 0) + (fromBottom ? -stepY * (height - 1) : 0);
        var pixels = GC.AllocateUninitializedArray<byte>(3 * width * height);
        for (int y = 0; y < height; y++)
        {
            var row = rgba.Slice(4 * width * y, 4 * width);
            if (!isOpaque) OnWhite(row);
            int to = start + y * stepY;
            if (stepX == 1) Pack(row, pixels.AsSpan(3 * to, 3 * width));
            else
            {
                for (int from = 0; from < row.Length; from += 4, to += stepX)
                    (pixels[3 * to], pixels[3 * to + 1], pixels[3 * to + 2]) = (row[from], row[from + 1], row[from + 2]);
            }
        }
        return new RgbImage(across, down, pixels);
    }

    private static void OnWhite(Span<byte> row)
    {
        for (int at = 0; at < row.Length; at += 4)
        {
            int alpha = row[at + 3];
            if (alpha == 255) continue;
            foreach (ref byte value in row.Slice(at, 3)) value = (byte)((value * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }

    /// <summary>Leaves out each fourth byte.</summary>
    private static void Pack(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        ref byte from = ref MemoryMarshal.GetReference(rgba), to = ref MemoryMarshal.GetReference(rgb);
        var order = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        int x = 0;
        // Sixteen bytes are stored of which twelve count, so the last pixels are left to the loop below.
        for (; 3 * x + 16 <= rgb.Length; x += 4)
            Vector128.Shuffle(Vector128.LoadUnsafe(ref from, (nuint)(4 * x)), order).StoreUnsafe(ref to, (nuint)(3 * x));
        for (; 3 * x < rgb.Length; x++)
            (rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]) = (rgba[4 * x], rgba[4 * x + 1], rgba[4 * x + 2]);
    }
}
