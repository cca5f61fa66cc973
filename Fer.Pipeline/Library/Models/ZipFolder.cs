using System.Buffers.Binary;
using System.IO.Compression;

namespace Fer.Pipeline.Models;

/// <summary>A small zip of known files: written with fixed times and order, read with every size bounded.</summary>
internal static class ZipFolder
{
    /// <summary>Bytes that a compressed byte may become, beyond a first megabyte. Weights hardly compress at all; zeros do a thousandfold.</summary>
    private const int MostExpansion = 200, FreeExpansion = 1 << 20;

    private const int EndRecordBytes = 22, MostDirectoryBytes = 1 << 16;
    private const uint EndRecordSignature = 0x06054B50;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(i =>
    {
        uint crc = (uint)i;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    })];

    /// <summary>Writes the files in the given order, uncompressed: weights would not shrink, and deflate's bytes differ between versions of zlib.</summary>
    internal static void Write(Stream stream, IReadOnlyList<(string Name, byte[] Content)> files)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, content) in files)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
            // The zip format's first day, so that the bytes do not tell when they were written.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            entry.ExternalAttributes = 0;
            using var target = entry.Open();
            target.Write(content);
        }
    }

    /// <summary>Reads a zip that must hold exactly the files named, each up to its number of bytes.</summary>
    /// <exception cref="ModelFormatException">It holds others, is too large, damaged, or no zip.</exception>
    internal static Dictionary<string, byte[]> Read(Stream stream, IReadOnlyDictionary<string, int> maxBytes)
    {
        long most = maxBytes.Values.Sum(bytes => (long)bytes) + MostDirectoryBytes;
        if (stream.Length > most) throw new ModelFormatException($"it is {stream.Length:N0} bytes long; no model is over {most:N0}");
        CheckEndRecord(stream, maxBytes.Count);
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in zip.Entries)
                if (!maxBytes.ContainsKey(entry.FullName))
                    throw new ModelFormatException(
                        $"it holds the file '{Shown(entry.FullName)}'; a model holds {string.Join(", ", maxBytes.Keys)} and nothing else, without folders");
            var files = new Dictionary<string, byte[]>();
            foreach (var entry in zip.Entries)
                if (!files.TryAdd(entry.FullName, Read(entry, maxBytes[entry.FullName], stream.Length)))
                    throw new ModelFormatException($"it holds {entry.FullName} twice");
            foreach (string name in maxBytes.Keys)
                if (!files.ContainsKey(name)) throw new ModelFormatException($"it holds no {name}");
            return files;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new ModelFormatException($"the zip is damaged ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>
    /// Looks at the zip's last record before the library walks its directory, because that walk takes memory for every file listed.
    /// Zips with a comment behind the record, of several disks or of the 64-bit form are none of ours.
    /// </summary>
    private static void CheckEndRecord(Stream stream, int files)
    {
        Span<byte> start = stackalloc byte[2];
        stream.Position = 0;
        if (stream.ReadAtLeast(start, 2, throwOnEndOfStream: false) < 2 || !start.SequenceEqual("PK"u8)) throw new ModelFormatException("it is not a zip");
        Span<byte> record = stackalloc byte[EndRecordBytes];
        if (stream.Length < EndRecordBytes) throw new ModelFormatException("the zip is cut off");
        stream.Position = stream.Length - EndRecordBytes;
        stream.ReadExactly(record);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != EndRecordSignature)
            throw new ModelFormatException("the zip is cut off, or was not written by this program");
        int count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (size > MostDirectoryBytes || offset + (long)size != stream.Length - EndRecordBytes) throw new ModelFormatException("the zip's directory is damaged");
        // More files than these are told apart by name later; here their number alone is too much.
        if (count > 16 * files) throw new ModelFormatException($"it holds {count} files where {files} are needed");
        stream.Position = 0;
    }

    private static byte[] Read(ZipArchiveEntry entry, int maxBytes, long zipBytes)
    {
        if (entry.CompressedLength > zipBytes) throw new ModelFormatException($"its {entry.FullName} is cut off");
        if (entry.Length > maxBytes || entry.Length > FreeExpansion + entry.CompressedLength * MostExpansion)
            throw new ModelFormatException($"its {entry.FullName} would be {entry.Length:N0} bytes long, more than a model's");
        var content = new byte[entry.Length];
        using var source = entry.Open();
        int read = source.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        // The length came from the zip's directory; the data may go on beyond it.
        if (read < content.Length || source.ReadByte() >= 0) throw new ModelFormatException($"its {entry.FullName} is not {entry.Length:N0} bytes long as the zip says");
        if (Crc(content) != entry.Crc32) throw new ModelFormatException($"its {entry.FullName} is damaged: the zip's checksum is off");
        return content;
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes) crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static string Shown(string name) =>
        string.Concat((name.Length > 80 ? name[..80] + "…" : name).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
