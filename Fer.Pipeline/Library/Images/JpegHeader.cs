using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>
/// A JPEG file's frame header (ITU-T T.81, B.2.2), for what Skia does not tell: sizes beyond its own limit, codings that it does not
/// read, and a progressive file's missing end.
/// </summary>
internal readonly record struct JpegHeader(byte Marker, int Bits, int Height, int Width)
{
    /// <summary>A coding that is not read, in words; null for the usual ones.</summary>
    internal string? UnreadCoding => Marker switch
    {
        0xC0 or 0xC1 or 0xC2 => Bits == 8 ? null : $"{Bits} bits a sample",
        0xC3 => "lossless coding",
        0xC5 or 0xC6 or 0xC7 => "a hierarchy of frames",
        _ => "arithmetic coding",
    };

    /// <summary>Finds the header; null where there is none before the picture's data. Junk between segments is passed over.</summary>
    internal static JpegHeader? Read(ReadOnlySpan<byte> file)
    {
        for (int at = 2; at + 9 <= file.Length;)
        {
            byte marker = file[at + 1];
            if (file[at] != 0xFF || marker is 0 or 0x01 or 0xFF or (>= 0xD0 and <= 0xD8))
            {
                at++;
                continue;
            }
            if (marker is 0xD9 or 0xDA) return null;
            // SOF0 … SOF15, of which three numbers belong to other segments.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return new JpegHeader(marker, file[at + 4], Number(file, at + 5), Number(file, at + 7));
            at += 2 + Number(file, at + 2);
        }
        return null;
    }

    /// <summary>
    /// True for a progressive file whose last scan has no end marker behind it: Skia shows what it held before it was cut, without a
    /// word. Marker bytes never stand inside a scan's data.
    /// </summary>
    internal bool LacksEnd(ReadOnlySpan<byte> file)
    {
        if (Marker != 0xC2) return false;
        int scan = file.LastIndexOf<byte>([0xFF, 0xDA]);
        return scan >= 0 && file[scan..].IndexOf<byte>([0xFF, 0xD9]) < 0;
    }

    private static int Number(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
}
