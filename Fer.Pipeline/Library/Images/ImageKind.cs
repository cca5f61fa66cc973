namespace Fer.Pipeline.Images;

/// <summary>What a file is by its first bytes. Only what is named here reaches the codecs.</summary>
internal static class ImageKind
{
    /// <summary>The kinds that are read, as a message lists them.</summary>
    internal const string Known = "JPEG, PNG, WebP, GIF or BMP";

    internal const string Jpeg = "JPEG", Png = "PNG", WebP = "WebP", Gif = "GIF", Bmp = "BMP";

    /// <summary>The kind of a picture that is read; null where it is none.</summary>
    internal static string? Of(ReadOnlySpan<byte> file) => file switch
    {
        [0xFF, 0xD8, 0xFF, ..] => Jpeg,
        // Stray bytes may stand in front of the first segment too.
        [0xFF, 0xD8, ..] when JpegHeader.Read(file) is not null => Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebP,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => Gif,
        [(byte)'B', (byte)'M', ..] => Bmp,
        _ => null,
    };

    /// <summary>The error of a file that is none of them, by its own name where it has one.</summary>
    internal static FerException Unread(ReadOnlySpan<byte> file, string name)
    {
        if (file.IsEmpty) return new FerException($"{name}: the file is empty. Copy or save the image again.");
        string? kind = file switch
        {
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', .. var brand] => OfBrand(brand),
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "a TIFF picture",
            _ => null,
        };
        return new UnreadImageException(kind is null
            ? $"{name}: not a {Known} picture; save it as JPEG or PNG."
            : $"{name}: {kind}, which is not read; save it as JPEG or PNG.");
    }

    // The brands of ISO base media files that cameras and telephones write.
    private static string OfBrand(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("avif"u8) || brand.StartsWith("avis"u8) ? "an AVIF picture"
        : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.StartsWith("mif1"u8) || brand.StartsWith("msf1"u8)
            ? "a HEIC picture"
        : "a HEIC, AVIF or video file";
}
