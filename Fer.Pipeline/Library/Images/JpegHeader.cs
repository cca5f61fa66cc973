using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>
/// A JPEG file's frame header (ITU-T T.81, B.2.2), for what Skia does not tell: sizes beyond its own limit, codings that it does not
/// read, and a progressive file's missing end.
/// </summary>
internal readonly record struct JpegHeader(byte Marker, int Bits, int Height, int Width)
{
    /// <summary>The marker in front of a scan.</summary>
    internal const byte StartOfScan = 0xDA;

    private const byte Progressive = 0xC2;

    /// <summary>A coding that is not read, in words; null for the usual ones.</summary>
    internal string? UnreadCoding => Marker switch
    {
        0xC0 or 0xC1 or Progressive => Bits == 8 ? null : $"{Bits} bits a sample",
        0xC3 => "lossless coding",
        0xC5 or 0xC6 or 0xC7 => "a hierarchy of frames",
        _ => "arithmetic coding",
    };

    /// <summary>Finds the header; null where there is none before the picture's data. Junk between segments is passed over.</summary>
    internal static JpegHeader? Read(ReadOnlySpan<byte> file)
    {
        for (int at = 2; NextSegment(file, ref at) is var (marker, range) && marker != StartOfScan;)
        {
            var body = file[range];
            if (IsFrame(marker) && body.Length >= 5)
                return new JpegHeader(marker, body[0], Number(body, 1), Number(body, 3));
        }
        return null;
    }

    /// <summary>True for the marker of a frame header: SOF0 … SOF15, of which three numbers belong to other segments.</summary>
    internal static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>
    /// The next segment's marker and where its body is, and <paramref name="at"/> moved behind it; null at the picture's or the file's end.
    /// Bytes that belong to no segment are passed over, as libjpeg does.
    /// </summary>
    internal static (byte Marker, Range Body)? NextSegment(ReadOnlySpan<byte> file, ref int at)
    {
        for (; at + 4 <= file.Length; at++)
        {
            byte marker = file[at + 1];
            if (file[at] != 0xFF || marker is 0 or 0x01 or 0xFF or (>= 0xD0 and <= 0xD8)) continue;
            if (marker == 0xD9) return null;
            int start = at + 4, end = Math.Clamp(at + 2 + Number(file, at + 2), start, file.Length);
            at = end;
            return (marker, start..end);
        }
        return null;
    }

    /// <summary>The file without stray bytes in front of its first segment, which Skia does not pass over.</summary>
    internal static ReadOnlySpan<byte> WithoutJunk(ReadOnlySpan<byte> file)
    {
        int at = 2;
        if (file is [_, _, 0xFF, ..] || NextSegment(file, ref at) is not var (_, body)) return file;
        return (byte[])[.. file[..2], .. file[(body.Start.Value - 4)..]];
    }

    /// <summary>
    /// True for a file whose last scan has no end marker behind it: Skia shows what a progressive one held before it was cut, without a
    /// word, and refuses others even if nothing is missing. Marker bytes never stand inside a scan's data.
    /// </summary>
    internal static bool LacksEnd(ReadOnlySpan<byte> file)
    {
        int scan = file.LastIndexOf<byte>([0xFF, StartOfScan]);
        return scan >= 0 && file[scan..].IndexOf<byte>([0xFF, 0xD9]) < 0;
    }

    private static int Number(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
}
