using System.Text;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Video;

/// <summary>Tells videos by their first bytes, whatever their names end in.</summary>
internal static class VideoKind
{
    // What ffmpeg is shown whatever its first bytes. Not .ts, which is TypeScript's too.
    private static readonly string[] Extensions =
    [
        ".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".vob", ".m2ts", ".wmv", ".asf", ".flv",
        ".ogv", ".mjpeg", ".mxf", ".dv",
    ];

    private static readonly string[] OtherBrands =
        ["avif", "avis", "hei", "hev", "mif1", "msf1", "M4A ", "M4B ", "M4P ", "crx ", "jp2 ", "jxl "];

    /// <summary>Pictures and videos.</summary>
    internal static FileKinds PicturesAndVideos { get; } = new($"{ImageKind.Known} or a video",
        [.. ImageDecoder.Extensions, .. Extensions], head => FileKinds.Pictures.Accepts(head) || Is(head));

    /// <summary>True for the name of a video.</summary>
    internal static bool IsNamed(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>True for a video: by its first bytes, or by its name where they tell nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="head">Its first bytes.</param>
    internal static bool Is(string path, ReadOnlySpan<byte> head) =>
        Is(head) || (!FileKinds.Pictures.Accepts(head) && IsNamed(path));

    /// <summary>True for the first bytes of a video.</summary>
    internal static bool Is(ReadOnlySpan<byte> head) => head switch
    {
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', .. var brand] => IsBrandOfVideo(brand),
        // QuickTime before it had brands.
        [_, _, _, _, .. var atom] when atom.StartsWith("moov"u8) || atom.StartsWith("mdat"u8) || atom.StartsWith("wide"u8) => true,
        // Matroska and WebM.
        [0x1A, 0x45, 0xDF, 0xA3, ..] => true,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'A', (byte)'V', (byte)'I', (byte)' ', ..] => true,
        // Ogg with Theora, Dirac or VP8; there is sound in Ogg too.
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', .. var page] =>
            page.IndexOf("theora"u8) >= 0 || page.IndexOf("BBCD\0"u8) >= 0 || page.IndexOf("OVP80"u8) >= 0,
        // ASF and WMV.
        [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, ..] => true,
        [(byte)'F', (byte)'L', (byte)'V', 1, ..] => true,
        // MPEG: a program stream, or video alone.
        [0, 0, 1, 0xBA or 0xB3, ..] => true,
        // MPEG's transport stream: packets of 188 bytes, with a time of 4 bytes in front of each on Blu-ray discs and camcorders.
        [0x47, ..] when head.Length > 376 => head[188] == 0x47 && head[376] == 0x47,
        [_, _, _, _, 0x47, ..] when head.Length > 388 => head[196] == 0x47 && head[388] == 0x47,
        _ => head.StartsWith(".RMF"u8) || head.StartsWith("DKIF"u8) || head.StartsWith("YUV4MPEG2 "u8)
            || head.StartsWith((ReadOnlySpan<byte>)[0x06, 0x0E, 0x2B, 0x34]),
    };

    // Pictures and sound come in the same container; unknown brands are shown to ffmpeg.
    private static bool IsBrandOfVideo(ReadOnlySpan<byte> brand)
    {
        foreach (string other in OtherBrands)
            if (Ascii.Equals(brand[..Math.Min(brand.Length, other.Length)], other)) return false;
        return brand.Length >= 4;
    }
}
