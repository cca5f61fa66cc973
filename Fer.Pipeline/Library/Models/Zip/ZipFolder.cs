using System.Buffers.Binary;
using System.IO.Compression;

namespace Fer.Pipeline.Models;

/// <summary>A small zip: written with fixed times and order, read with every size bounded.</summary>
internal sealed class ZipFolder : IDisposable
{
    /// <summary>Bytes that a compressed byte may become, beyond a first megabyte. Weights hardly compress at all; zeros do a
    /// thousandfold.</summary>
    private const int MostExpansion = 200, FreeExpansion = 1 << 20;

    private const int EndRecordBytes = 22, MostDirectoryBytes = 1 << 16, MostFiles = 256, ChunkBytes = 1 << 16;
    private const uint EndRecordSignature = 0x06054B50;

    /// <summary>A regular file that its owner may write and everybody may read: without it, unzip leaves files that nobody but root can
    /// open.</summary>
    private const int UnixMode = 0x81A4 << 16;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(i =>
    {
        uint crc = (uint)i;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    })];

    private readonly ZipArchive _zip;
    private readonly long _zipBytes;
    private readonly OrderedDictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    private ZipFolder(ZipArchive zip, long zipBytes)
    {
        _zip = zip;
        _zipBytes = zipBytes;
        foreach (var entry in zip.Entries)
            if (!_entries.TryAdd(entry.FullName, entry)) throw new ModelFormatException($"it holds {Shown(entry.FullName)} twice");
    }

    /// <summary>The files in it, in the order of its directory.</summary>
    internal IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>
    /// Writes the files in the given order, uncompressed: weights would not shrink, and deflate's bytes differ between versions of zlib.
    /// </summary>
    /// <param name="stream">Takes the zip; stays open.</param>
    /// <param name="files">The files, each in one or several pieces.</param>
    internal static void Write(Stream stream, IEnumerable<(string Name, byte[][] Pieces)> files)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, pieces) in files)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
            // The zip format's first day, so that the bytes do not tell when they were written.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            entry.ExternalAttributes = UnixMode;
            using var target = entry.Open();
            foreach (byte[] piece in pieces) target.Write(piece);
        }
    }

    /// <summary>Reads the directory of a zip.</summary>
    /// <param name="stream">The zip; stays open.</param>
    /// <param name="mostBytes">Most bytes of all files.</param>
    /// <exception cref="ModelFormatException">It is too large, damaged, or no zip.</exception>
    internal static ZipFolder Open(Stream stream, long mostBytes)
    {
        mostBytes += MostDirectoryBytes;
        if (stream.Length > mostBytes)
            throw new ModelFormatException($"it is {stream.Length:N0} bytes long; no model is over {mostBytes:N0}");
        CheckEndRecord(stream);
        return Guarded(() => new ZipFolder(new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true), stream.Length));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mostBytes">Most bytes that it may have.</param>
    /// <param name="checkCrc">True to compare the zip's own checksum; not needed where a better one is looked at.</param>
    /// <exception cref="ModelFormatException">It is missing, too large or damaged.</exception>
    internal byte[] Read(string name, int mostBytes, bool checkCrc)
    {
        var entry = Entry(name);
        if (entry.Length > mostBytes || entry.Length > FreeExpansion + entry.CompressedLength * MostExpansion)
            throw new ModelFormatException($"its {Shown(name)} would be {entry.Length:N0} bytes long, more than a model's");
        return Guarded(() =>
        {
            var content = new byte[entry.Length];
            using var source = entry.Open();
            int read = source.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            // The length came from the zip's directory; the data may go on beyond it.
            if (read < content.Length || source.ReadByte() >= 0)
                throw new ModelFormatException($"its {Shown(name)} is not {entry.Length:N0} bytes long as the zip says");
            if (checkCrc && Crc(content) != entry.Crc32)
                throw new ModelFormatException($"its {Shown(name)} is damaged: the zip's checksum is off");
            return content;
        });
    }

    /// <summary>True if a file consists of these pieces. Takes no memory for it.</summary>
    /// <exception cref="ModelFormatException">The file is missing or damaged.</exception>
    internal bool Holds(string name, params IReadOnlyList<byte[]> pieces)
    {
        var entry = Entry(name);
        if (entry.Length != pieces.Sum(piece => (long)piece.Length)) return false;
        return Guarded(() =>
        {
            using var source = entry.Open();
            var chunk = new byte[ChunkBytes];
            foreach (byte[] piece in pieces)
            {
                for (int at = 0; at < piece.Length;)
                {
                    int read = source.Read(chunk, 0, Math.Min(chunk.Length, piece.Length - at));
                    if (read == 0 || !chunk.AsSpan(0, read).SequenceEqual(piece.AsSpan(at, read))) return false;
                    at += read;
                }
            }
            return source.ReadByte() < 0;
        });
    }

    public void Dispose() => _zip.Dispose();

    private ZipArchiveEntry Entry(string name)
    {
        if (!_entries.TryGetValue(name, out var entry)) throw new ModelFormatException($"it holds no {name}");
        if (entry.CompressedLength > _zipBytes) throw new ModelFormatException($"its {Shown(name)} is cut off");
        return entry;
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException
            or OverflowException)
        {
            throw new ModelFormatException($"the zip is damaged ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>
    /// Looks at the zip's last record before the library walks its directory, because that walk takes memory for every file listed.
    /// Zips with a comment behind the record, of several disks or of the 64-bit form are none of ours.
    /// </summary>
    private static void CheckEndRecord(Stream stream)
    {
        Span<byte> start = stackalloc byte[2];
        stream.Position = 0;
        if (stream.ReadAtLeast(start, 2, throwOnEndOfStream: false) < 2 || !start.SequenceEqual("PK"u8))
            throw new ModelFormatException("it is not a zip");
        Span<byte> record = stackalloc byte[EndRecordBytes];
        if (stream.Length < EndRecordBytes) throw new ModelFormatException("the zip is cut off");
        stream.Position = stream.Length - EndRecordBytes;
        stream.ReadExactly(record);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != EndRecordSignature)
            throw new ModelFormatException("the zip is cut off, or was not written by this program");
        int count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (size > MostDirectoryBytes || offset + (long)size != stream.Length - EndRecordBytes)
            throw new ModelFormatException("the zip's directory is damaged");
        if (count > MostFiles) throw new ModelFormatException($"it holds {count} files; no model holds over {MostFiles}");
        stream.Position = 0;
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes) crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>A name from the zip, fit for a message.</summary>
    internal static string Shown(string name) => VisibleText.Line(name.Length > 80 ? name[..80] + "…" : name);
}
