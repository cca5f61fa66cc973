namespace Fer.Pipeline.Imaging;

/// <summary>Grey from colour by ITU-R BT.601's luma, 0.299 R + 0.587 G + 0.114 B of the values as stored, as Pillow and ImageMagick (Rec601Luma) have it.</summary>
internal static class Luma
{
    /// <summary>Luma of 8-bit values, rounded.</summary>
    internal static byte FromRgb(int red, int green, int blue) => (byte)((299 * red + 587 * green + 114 * blue + 500) / 1000);

    /// <summary>Luma of 16-bit values, to 8 bits.</summary>
    internal static byte FromRgb16(int red, int green, int blue) =>
        To8((299 * red + 587 * green + 114 * blue + 500) / 1000);

    /// <summary>A 16-bit value to 8 bits: divided by 257, rounded.</summary>
    internal static byte To8(int value) => (byte)((value + 128) / 257);
}
