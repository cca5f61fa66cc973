namespace Fer.Pipeline.Images;

/// <summary>Turns the samples of a PNG row into colours.</summary>
internal static class PngRow
{
    /// <summary>Writes <paramref name="width"/> pixels, each <paramref name="step"/> bytes after the last.</summary>
    /// <returns>False where a pixel names a colour that the palette does not have.</returns>
    internal static bool ToRgb(PngHeader header, PngColors colors, ReadOnlySpan<byte> row, int width, Span<byte> pixels, int step)
    {
        if (header is { Color: PngColor.Rgb, BitDepth: 8 } && colors.Transparent is null && step == 3)
        {
            row[..(3 * width)].CopyTo(pixels);
            return true;
        }
        int channels = header.Channels;
        Span<int> sample = stackalloc int[4];
        for (int x = 0; x < width; x++)
        {
            for (int c = 0; c < channels; c++) sample[c] = Sample(row, x * channels + c, header.BitDepth);
            var pixel = pixels.Slice(x * step, 3);
            if (header.Color == PngColor.Palette)
            {
                if (3 * sample[0] >= colors.Palette.Length) return false;
                colors.Palette.AsSpan(3 * sample[0], 3).CopyTo(pixel);
                continue;
            }
            bool hidden = colors.Transparent is { } key && sample[..key.Length].SequenceEqual(key);
            bool gray = header.Color is PngColor.Gray or PngColor.GrayAlpha;
            int alpha = hidden ? 0 : header.Color is PngColor.GrayAlpha or PngColor.Rgba ? To8(sample[channels - 1], header.BitDepth) : 255;
            for (int c = 0; c < 3; c++)
            {
                int value = To8(sample[gray ? 0 : c], header.BitDepth);
                pixel[c] = alpha == 255 ? (byte)value : PngColors.OnWhite(value, alpha);
            }
        }
        return true;
    }

    // Samples of less than a byte stand from the high bits down, those of two bytes with the high one first.
    private static int Sample(ReadOnlySpan<byte> row, int index, int depth)
    {
        if (depth == 8) return row[index];
        if (depth == 16) return (row[2 * index] << 8) | row[2 * index + 1];
        int bit = index * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }

    private static int To8(int sample, int depth) => depth switch
    {
        8 => sample,
        16 => (sample + 128) / 257,
        _ => sample * 255 / ((1 << depth) - 1),
    };
}
