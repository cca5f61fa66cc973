namespace Fer.Pipeline.Imaging;

/// <summary>Turns the samples of a PNG row into grey values.</summary>
internal static class PngRow
{
    /// <summary>Writes <paramref name="width"/> pixels, each <paramref name="step"/> after the last.</summary>
    /// <returns>False where a pixel names a colour that the palette does not have.</returns>
    internal static bool ToGray(PngHeader header, byte[] palette, ReadOnlySpan<byte> row, int width, Span<byte> pixels, int step)
    {
        int bytes = header.PixelBits / 8;
        for (int x = 0; x < width; x++)
        {
            byte value;
            if (header.BitDepth < 8)
            {
                int sample = Sample(row, x, header.BitDepth);
                if (header.Color == PngColor.Palette)
                {
                    if (sample >= palette.Length) return false;
                    value = palette[sample];
                }
                else
                {
                    value = (byte)(sample * 255 / ((1 << header.BitDepth) - 1));
                }
            }
            else
            {
                var pixel = row.Slice(x * bytes, bytes);
                bool wide = header.BitDepth == 16;
                switch (header.Color)
                {
                    case PngColor.Palette:
                        if (pixel[0] >= palette.Length) return false;
                        value = palette[pixel[0]];
                        break;
                    case PngColor.Gray or PngColor.GrayAlpha:
                        value = wide ? Luma.To8(Wide(pixel, 0)) : pixel[0];
                        break;
                    default:
                        value = wide ? Luma.FromRgb16(Wide(pixel, 0), Wide(pixel, 1), Wide(pixel, 2)) : Luma.FromRgb(pixel[0], pixel[1], pixel[2]);
                        break;
                }
            }
            pixels[x * step] = value;
        }
        return true;
    }

    // Samples of less than a byte stand from the high bits down.
    private static int Sample(ReadOnlySpan<byte> row, int x, int depth)
    {
        int bit = x * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }

    private static int Wide(ReadOnlySpan<byte> pixel, int channel) => (pixel[2 * channel] << 8) | pixel[2 * channel + 1];
}
