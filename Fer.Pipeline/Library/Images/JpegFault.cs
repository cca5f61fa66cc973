using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>Says what is wrong with the segments of a JPEG (ITU-T T.81, annex B) that cannot be opened.</summary>
internal static class JpegFault
{
    /// <summary>What is wrong, in words that follow "a broken JPEG, "; null where nothing is found.</summary>
    internal static string? Of(ReadOnlySpan<byte> file)
    {
        const byte Tables = 0xDB;
        var tables = new HashSet<int>();
        byte[]? frame = null;
        bool hasScan = false;
        int at = 2;
        while (!hasScan && JpegHeader.NextSegment(file, ref at) is var (marker, range))
        {
            var body = file[range];
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(range.Start.Value - 2)..]);
            if (length < 2) return $"the segment FF{marker:X2} at byte {range.Start.Value - 4:N0} has no valid length";
            if (length - 2 > body.Length) return $"it ends in the middle of its header, at byte {file.Length:N0}";
            if (marker == Tables) ReadTables(body, tables);
            else if (JpegHeader.IsFrame(marker)) frame ??= body.ToArray();
            hasScan = marker == JpegHeader.StartOfScan;
        }
        if (frame is null) return "its frame header (size and colours) is missing";
        if (frame.Length < 6 || frame.Length < 6 + 3 * frame[5]) return "its frame header (size and colours) is cut short";
        if (frame[5] is not (1 or 3 or 4)) return $"it has {frame[5]} colour channels where 1, 3 or 4 are read";
        for (int i = 0; i < frame[5]; i++)
        {
            int sampling = frame[7 + 3 * i];
            if (sampling >> 4 is < 1 or > 4 || (sampling & 15) is < 1 or > 4)
                return $"colour channel {i + 1} is sampled {sampling >> 4} x {sampling & 15}, which no JPEG may be";
        }
        if (!hasScan) return "its header is all there is: the picture data is missing";
        for (int i = 0; i < frame[5]; i++)
            if (!tables.Contains(frame[8 + 3 * i])) return $"quantisation table {frame[8 + 3 * i]}, which its data needs, is missing";
        return null;
    }

    private static void ReadTables(ReadOnlySpan<byte> body, HashSet<int> tables)
    {
        // A table's number and its 64 entries of one or two bytes.
        for (; body.Length > 64; body = body[Math.Min(body.Length, body[0] >> 4 == 0 ? 65 : 129)..]) tables.Add(body[0] & 15);
    }
}
