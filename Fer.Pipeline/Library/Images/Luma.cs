namespace Fer.Pipeline.Images;

/// <summary>
/// Grey from colour by ITU-R BT.601's luma, 0.299 R + 0.587 G + 0.114 B of the values as stored, as Pillow and ImageMagick (Rec601Luma)
/// have it.
/// </summary>
internal static class Luma
{
    /// <summary>Luma of 8-bit values, rounded.</summary>
    internal static byte FromRgb(int red, int green, int blue) => (byte)((299 * red + 587 * green + 114 * blue + 500) / 1000);

    /// <summary>Luma of pixels [n, 3] into [n].</summary>
    internal static void FromRgb(ReadOnlySpan<byte> pixels, Span<byte> gray)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            var pixel = pixels.Slice(3 * i, 3);
            gray[i] = FromRgb(pixel[0], pixel[1], pixel[2]);
        }
    }
}
