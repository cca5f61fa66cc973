using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>Which way up a camera was held, by Exif metadata (Exif 2.32, tag 274): the first directory of a small TIFF file.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112, Byte = 1, Short = 3, Long = 4;

    /// <summary>The orientation, 1 … 8; null where the metadata does not say or is damaged.</summary>
    /// <param name="exif">The TIFF file; some writers leave JPEG's <c>Exif</c> and two zeros in front of it.</param>
    internal static int? Of(ReadOnlySpan<byte> exif)
    {
        var tiff = exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
        if (tiff.Length < 8) return null;
        bool little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return null;
        uint directory = Whole(tiff[4..], little);
        if (directory > tiff.Length - 2) return null;
        var entries = tiff[(int)directory..];
        int count = Half(entries, little);
        for (int i = 0; i < count && entries.Length >= 2 + 12 * (i + 1); i++)
        {
            var entry = entries.Slice(2 + 12 * i, 12);
            if (Half(entry, little) != Tag) continue;
            // Exif wants a SHORT; a few programs write the other sizes.
            long value = Half(entry[2..], little) switch
            {
                Byte => entry[8],
                Short => Half(entry[8..], little),
                Long => Whole(entry[8..], little),
                _ => 0,
            };
            return value is >= 1 and <= 8 ? (int)value : null;
        }
        return null;
    }

    private static ushort Half(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Whole(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
