namespace Fer.Pipeline.Imaging;

/// <summary>Grey from colour by ITU-R BT.601's luma, 0.299 R + 0.587 G + 0.114 B of the values as stored, as Pillow and ImageMagick (Rec601Luma) have it.</summary>
internal static class Luma
{
    /// <summary>Luma of 8-bit values; 16-bit fixed point, rounded.</summary>
    internal static byte FromRgb(int red, int green, int blue) => (byte)((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16);

    /// <summary>Luma of 16-bit values, to 8 bits.</summary>
    internal static byte FromRgb16(int red, int green, int blue) =>
        To8((int)((19595L * red + 38470L * green + 7471L * blue + 0x8000) >> 16));

    /// <summary>A 16-bit value to 8 bits: divided by 257, rounded.</summary>
    internal static byte To8(int value) => (byte)((value + 128) / 257);
}
