using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>
/// How often a JPEG file's scans pass over the picture (ITU-T T.81, B.2.3). A progressive file sends its picture in several passes, each of
/// which a decoder makes over every block, even where a few bytes say that nothing changes: 50 KB may ask for a hundred passes over 24
/// megapixels.
/// </summary>
internal static class JpegPasses
{
    /// <summary>Passes that any picture may take. Encoders make four to ten.</summary>
    private const int MostPasses = 20;

    /// <summary>Blocks that small pictures may take in more passes than that.</summary>
    private const long FreeBlocks = 400_000;

    /// <summary>True where decoding passes over the picture far more often than any encoder's files ask for.</summary>
    internal static bool AreTooMany(ReadOnlySpan<byte> file)
    {
        // Blocks of each component by its number, and of all of them together: one pass over the picture.
        var blocks = new long[256];
        long pass = 0, total = 0;
        for (int at = 2; at + 4 <= file.Length;)
        {
            byte marker = file[at + 1];
            // Stray bytes, fill bytes, a scan's data with its restarts: on to the next marker.
            if (file[at] != 0xFF || marker is 0 or 0x01 or 0xFF or (>= 0xD0 and <= 0xD8))
            {
                int next = file[(at + 1)..].IndexOf((byte)0xFF);
                if (next < 0) return false;
                at += 1 + next;
                continue;
            }
            if (marker == 0xD9) return false;
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (at + 2 + length > file.Length) return false;
            var body = file.Slice(at + 4, Math.Max(0, length - 2));
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC)) pass = Count(body, blocks);
            if (marker == 0xDA && body.Length > 0)
            {
                for (int i = 0; i < body[0] && 1 + 2 * i < body.Length; i++) total += blocks[body[1 + 2 * i]];
                if (total > Math.Max(FreeBlocks, MostPasses * pass)) return true;
            }
            at += 2 + Math.Max(2, length);
        }
        return false;
    }

    /// <summary>Reads a frame header: bits, height, width, and of each component its number and sampling.</summary>
    private static long Count(ReadOnlySpan<byte> frame, long[] blocks)
    {
        if (frame.Length < 6) return 0;
        int height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
        int components = Math.Min(frame[5], (frame.Length - 6) / 3), across = 1, down = 1;
        for (int i = 0; i < components; i++)
        {
            byte sampling = frame[7 + 3 * i];
            (across, down) = (Math.Max(across, sampling >> 4), Math.Max(down, sampling & 15));
        }
        long pass = 0;
        for (int i = 0; i < components; i++)
        {
            byte sampling = frame[7 + 3 * i];
            long columns = ((long)width * (sampling >> 4) + 8 * across - 1) / (8 * across),
                rows = ((long)height * (sampling & 15) + 8 * down - 1) / (8 * down);
            pass += blocks[frame[6 + 3 * i]] = columns * rows;
        }
        return pass;
    }
}
