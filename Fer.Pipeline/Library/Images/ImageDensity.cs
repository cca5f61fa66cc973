namespace Fer.Pipeline.Images;

/// <summary>
/// Tells files that are too short for the size that their header claims, before memory is taken: a few bytes may claim a picture of
/// hundreds of megabytes.
/// </summary>
internal static class ImageDensity
{
    /// <summary>False where no file of this kind and length holds so many pixels.</summary>
    internal static bool Suffices(string kind, ReadOnlySpan<byte> file, long pixels) => kind switch
    {
        // A block of 64 pixels takes at least a bit.
        ImageKind.Jpeg => pixels / 512 <= file.Length,
        // Deflate packs at most about 1,032 to 1.
        ImageKind.Png => pixels * PngBits(file) / 8 / 1100 <= file.Length,
        // A code of 12 bits stands for at most 4,095 pixels.
        ImageKind.Gif => pixels / 2800 <= file.Length,
        // Two bytes stand for at most 255 pixels.
        ImageKind.Bmp => pixels / 128 <= file.Length,
        // A picture of one colour takes a few dozen bytes, whatever its size.
        _ => true,
    };

    /// <summary>Bits a pixel by the header, whose place is fixed.</summary>
    private static int PngBits(ReadOnlySpan<byte> file)
    {
        int channels = file[25] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        return file[24] * channels;
    }
}
