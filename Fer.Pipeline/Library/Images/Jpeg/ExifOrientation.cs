using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>Which way up a camera was held (Exif 2.32, tag 274).</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112, Short = 3;

    /// <summary>Reads the orientation, 1 … 8, from a TIFF header and what follows it; 1, upright, where it says nothing or is damaged.</summary>
    internal static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return 1;
        bool little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return 1;
        uint directory = Number32(tiff[4..], little);
        if (directory > tiff.Length - 2) return 1;
        var entries = tiff[(int)directory..];
        int count = Number16(entries, little);
        for (int i = 0; i < count && entries.Length >= 2 + 12 * (i + 1); i++)
        {
            var entry = entries.Slice(2 + 12 * i, 12);
            if (Number16(entry, little) != Tag || Number16(entry[2..], little) != Short) continue;
            int orientation = Number16(entry[8..], little);
            return orientation is >= 1 and <= 8 ? orientation : 1;
        }
        return 1;
    }

    /// <summary>The image the right way up; the same image where it is already.</summary>
    internal static RgbImage Upright(RgbImage image, int orientation)
    {
        if (orientation == 1) return image;
        bool turned = orientation >= 5;
        int width = turned ? image.Height : image.Width, height = turned ? image.Width : image.Height;
        // Where the first pixel of the result is taken from, and how far apart are the sources of its neighbours.
        bool right = orientation is 2 or 3 or 7 or 8, bottom = orientation is 3 or 4 or 6 or 7;
        int start = (right ? image.Width - 1 : 0) + (bottom ? image.Height - 1 : 0) * image.Width;
        int stepX = right ? -1 : 1, stepY = bottom ? -image.Width : image.Width;
        if (turned) (stepX, stepY) = (stepY, stepX);
        var pixels = new byte[image.Pixels.Length];
        int to = 0;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += 3)
            {
                int from = 3 * (start + y * stepY + x * stepX);
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (image.Pixels[from], image.Pixels[from + 1], image.Pixels[from + 2]);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    private static int Number16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Number32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
