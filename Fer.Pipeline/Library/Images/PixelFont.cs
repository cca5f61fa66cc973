namespace Fer.Pipeline.Images;

/// <summary>Letters of 5x7 pixels for labels in pictures, where no font can be relied on: capitals, digits and a few signs.</summary>
internal static class PixelFont
{
    internal const int Width = 5, Height = 7;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 %.-?";

    // Seven rows a letter, five bits each, the leftmost pixel in the highest bit.
    private static ReadOnlySpan<byte> Rows =>
    [
        14, 17, 17, 31, 17, 17, 17, 30, 17, 17, 30, 17, 17, 30, 14, 17, 16, 16, 16, 17, 14, 30, 17, 17, 17, 17, 17, 30,
        31, 16, 16, 30, 16, 16, 31, 31, 16, 16, 30, 16, 16, 16, 14, 17, 16, 23, 17, 17, 15, 17, 17, 17, 31, 17, 17, 17,
        14, 4, 4, 4, 4, 4, 14, 7, 2, 2, 2, 2, 18, 12, 17, 18, 20, 24, 20, 18, 17, 16, 16, 16, 16, 16, 16, 31,
        17, 27, 21, 21, 17, 17, 17, 17, 17, 25, 21, 19, 17, 17, 14, 17, 17, 17, 17, 17, 14, 30, 17, 17, 30, 16, 16, 16,
        14, 17, 17, 17, 21, 18, 13, 30, 17, 17, 30, 20, 18, 17, 15, 16, 16, 14, 1, 1, 30, 31, 4, 4, 4, 4, 4, 4,
        17, 17, 17, 17, 17, 17, 14, 17, 17, 17, 17, 17, 10, 4, 17, 17, 17, 21, 21, 21, 10, 17, 17, 10, 4, 10, 17, 17,
        17, 17, 17, 10, 4, 4, 4, 31, 1, 2, 4, 8, 16, 31, 14, 17, 19, 21, 25, 17, 14, 4, 12, 4, 4, 4, 4, 14,
        14, 17, 1, 2, 4, 8, 31, 31, 2, 4, 2, 1, 17, 14, 2, 6, 10, 18, 31, 2, 2, 31, 16, 30, 1, 1, 17, 14,
        6, 8, 16, 30, 17, 17, 14, 31, 1, 2, 4, 8, 8, 8, 14, 17, 17, 14, 17, 17, 14, 14, 17, 17, 15, 1, 2, 12,
        0, 0, 0, 0, 0, 0, 0, 24, 25, 2, 4, 8, 19, 3, 0, 0, 0, 0, 0, 12, 12, 0, 0, 0, 31, 0, 0, 0, 14, 17, 1, 2, 4, 0, 4,
    ];

    /// <summary>True where a letter has ink; letters it does not know are question marks.</summary>
    internal static bool HasInk(char letter, int x, int y)
    {
        int index = Characters.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
        if (index < 0) index = Characters.Length - 1;
        return ((Rows[index * Height + y] >> (Width - 1 - x)) & 1) != 0;
    }
}
