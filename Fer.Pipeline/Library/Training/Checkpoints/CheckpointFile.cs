using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fer.Pipeline.Training;

/// <summary>
/// The container format of checkpoints: 8 bytes of magic, format version (int32), length of the content (int64), the content, its SHA-256;
/// numbers are little-endian. It is written all or nothing. A file that is truncated, altered or of another kind is rejected before any of
/// it is used.
/// </summary>
internal static class CheckpointFile
{
    private const int Version = 1;
    private const int HeaderLength = 20;
    private const string WhatToDo = "Delete it to restart this training.";
    private static ReadOnlySpan<byte> Magic => "FERCKPT\n"u8;

    /// <summary>Writes a checkpoint, replacing an older one.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    internal static void Write(string path, Action<BinaryWriter> content) => AtomicFile.Write(path, stream =>
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        stream.Write(header);
        using (var hash = SHA256.Create())
        {
            // Buffers the many small writes.
            using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var writer = new BinaryWriter(new BufferedStream(hashing, 1 << 16), Encoding.UTF8)) content(writer);
            long length = stream.Length - HeaderLength;
            stream.Write(hash.Hash!);
            Magic.CopyTo(header);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
            BinaryPrimitives.WriteInt64LittleEndian(header[12..], length);
        }
        stream.Position = 0;
        stream.Write(header);
    });

    /// <summary>Checks a checkpoint and reads its content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Reads it.</param>
    /// <param name="whole">False if the content need not be read to its end.</param>
    /// <exception cref="FerException">The file is missing, not a checkpoint, of another version, or damaged; or the content is not what
    /// <paramref name="content"/> expects.</exception>
    internal static void Read(string path, Action<BinaryReader> content, bool whole = true)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            long end = Check(stream, path);
            stream.Position = HeaderLength;
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            content(reader);
            if (whole && stream.Position != end) throw new FormatException("There is more data than expected.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FerException($"{path}: there is no such checkpoint.", e);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or DecoderFallbackException)
        {
            throw new FerException($"{path}: the checkpoint does not belong to this training. {WhatToDo}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}).", e);
        }
        catch (FerException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new FerException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Checks everything but the content's meaning, and returns where the content ends.</summary>
    private static long Check(FileStream stream, string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength], stored = stackalloc byte[SHA256.HashSizeInBytes];
        if (stream.Length < HeaderLength + SHA256.HashSizeInBytes) throw Damaged("it is truncated");
        stream.ReadExactly(header);
        if (!header[..8].SequenceEqual(Magic)) throw new FerException($"{path}: not a checkpoint of this program. {WhatToDo}");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version)
            throw new FerException($"{path}: the checkpoint has version {version}; this program reads {Version}. {WhatToDo}");
        long length = BinaryPrimitives.ReadInt64LittleEndian(header[12..]);
        if (length != stream.Length - HeaderLength - SHA256.HashSizeInBytes)
            throw Damaged($"its length of {stream.Length:N0} bytes is not what its header says");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (long left = length; left > 0;)
        {
            int part = (int)Math.Min(left, buffer.Length);
            stream.ReadExactly(buffer, 0, part);
            hash.AppendData(buffer, 0, part);
            left -= part;
        }
        stream.ReadExactly(stored);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(stored)) throw Damaged("its checksum is wrong");
        return HeaderLength + length;

        FerException Damaged(string why) => new($"{path}: the checkpoint is damaged: {why}. {WhatToDo}");
    }
}
