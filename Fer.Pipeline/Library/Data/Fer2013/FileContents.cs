namespace Fer.Pipeline.Data;

/// <summary>What a file that is no CSV is instead, by its first bytes.</summary>
internal static class FileContents
{
    private const int TarMark = 257;

    /// <summary>A sentence on what it is and what to do; null where that is not known.</summary>
    /// <param name="start">As many of the first bytes as are at hand; a tar archive is told by 262.</param>
    internal static string? Describe(ReadOnlySpan<byte> start)
    {
        if (start.Length >= TarMark + 5 && start[TarMark..].StartsWith("ustar"u8))
            return "this is a tar archive, whatever its name. Unpack it with `tar -xf`, and name the file in it.";
        if (start.StartsWith("PK\u0003\u0004"u8))
            return "this is a zip archive or a workbook, whatever its name. Unpack it, or save the table as CSV.";
        if (start is [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] || start.StartsWith("Rar!"u8)
            || start.StartsWith("BZh"u8) || start is [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..]
            || start is [0x28, 0xB5, 0x2F, 0xFD, ..])
            return "this is packed in a way that is not read, whatever its name. Unpack it, or pack it with gzip.";
        if (start is [0x1F, 0x8B, ..]) return "this is packed by gzip twice. Unpack it once.";
        if (start.StartsWith("PAR1"u8)) return "this is a Parquet file. Save the table as CSV.";
        if (start is [0x93, (byte)'N', (byte)'U', (byte)'M', ..])
            return "this is an array of NumPy. Save it as a CSV with the columns emotion and pixels.";
        if (start is [0x89, (byte)'H', (byte)'D', (byte)'F', ..]) return "this is an HDF5 file. Save the table as CSV.";
        if (start.StartsWith("version https://git-lfs"u8))
            return "this is a pointer of Git LFS, not the file itself. Fetch it with `git lfs pull`.";
        var text = start.Trim(" \t\r\n"u8);
        if (text.StartsWith("<"u8)) return "this is a web page or XML. Download the file itself; the site may want you to sign in.";
        if (text.StartsWith("{"u8) || text.StartsWith("["u8)) return "this is JSON. Save the table as CSV.";
        return start.Contains((byte)0) ? "this is not text. Check that this is the CSV file." : null;
    }
}
