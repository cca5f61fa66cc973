namespace Fer.Pipeline.Images;

/// <summary>
/// Whether a JPEG file has its end. Skia shows what a progressive file held before it was cut, without a word; the missing rows of a
/// baseline file it tells.
/// </summary>
internal static class JpegEnd
{
    /// <summary>
    /// True for a progressive file whose last scan has no end marker behind it. Marker bytes never stand inside a scan's data.
    /// </summary>
    internal static bool IsMissing(ReadOnlySpan<byte> file)
    {
        if (file.IndexOf<byte>([0xFF, 0xC2]) < 0) return false;
        int scan = file.LastIndexOf<byte>([0xFF, 0xDA]);
        return scan >= 0 && file[scan..].IndexOf<byte>([0xFF, 0xD9]) < 0;
    }
}
