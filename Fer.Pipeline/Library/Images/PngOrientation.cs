using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>
/// Which way up a camera was held, by a PNG file's eXIf chunk (W3C PNG, third edition, 11.3.4.4; Exif 2.32, tag 274). Skia tells it of
/// JPEG and WebP only.
/// </summary>
internal static class PngOrientation
{
    private const int Signature = 8, Tag = 0x0112, Short = 3;

    /// <summary>The orientation, 1 … 8; 1, upright, where the file says nothing or what it says is damaged.</summary>
    internal static int Read(ReadOnlySpan<byte> file)
    {
        // Each chunk: its body's length, its type, the body, a checksum.
        for (var rest = file[Signature..]; rest.Length >= 12;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12) return 1;
            var body = rest.Slice(8, (int)length);
            if (rest[4..8].SequenceEqual("eXIf"u8)) return OfTiff(body);
            rest = rest[(12 + (int)length)..];
        }
        return 1;
    }

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return 1;
        bool little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return 1;
        uint directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2) return 1;
        var entries = tiff[(int)directory..];
        int count = Number(entries, little);
        for (int i = 0; i < count && entries.Length >= 2 + 12 * (i + 1); i++)
        {
            var entry = entries.Slice(2 + 12 * i, 12);
            if (Number(entry, little) != Tag || Number(entry[2..], little) != Short) continue;
            int orientation = Number(entry[8..], little);
            return orientation is >= 1 and <= 8 ? orientation : 1;
        }
        return 1;
    }

    private static int Number(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
