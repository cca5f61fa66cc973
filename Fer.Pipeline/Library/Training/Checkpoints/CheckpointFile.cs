using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fer.Pipeline.Training;

/// <summary>
/// The container format of checkpoints: 8 bytes of magic, format version (int32), length of the content (int64), the content, its SHA-256;
/// numbers are little-endian. It is written all or nothing, and the one before it stays beside it. A file that is truncated, altered or of
/// another kind is rejected before any of it is used, and the one before it read instead.
/// </summary>
internal static class CheckpointFile
{
    private const int Version = 2;
    private const int HeaderLength = 20;
    private const string WhatToDo = "Delete it to restart this training.";
    private const string PreviousEnding = ".before";
    private static ReadOnlySpan<byte> Magic => "FERCKPT\n"u8;

    /// <summary>True where there is a checkpoint, damaged or not.</summary>
    internal static bool Exists(string path) => File.Exists(path) || File.Exists(path + PreviousEnding);

    /// <summary>Writes a checkpoint; the one before it stays, and what was before that goes.</summary>
    /// <exception cref="UnwritableException">The file cannot be written.</exception>
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
    }, path + PreviousEnding);

    /// <summary>Checks a checkpoint and reads its content, or where it is damaged that of the one before it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Reads it; called once.</param>
    /// <param name="whole">False if the content need not be read to its end.</param>
    /// <returns>What to tell where the one before was read; else null.</returns>
    /// <exception cref="InterruptionException">The file is missing, not a checkpoint, of another version, or damaged, and there is none
    /// before it; or the content is not what <paramref name="content"/> expects.</exception>
    internal static string? Read(string path, Action<BinaryReader> content, bool whole = true)
    {
        InterruptionException damage;
        try
        {
            ReadOne(path, content, whole);
            return null;
        }
        catch (DamageException e)
        {
            damage = new InterruptionException($"{e.Message} {WhatToDo}", e);
        }
        try
        {
            ReadOne(path + PreviousEnding, content, whole);
            if (whole) PutBack(path);
            return $"{damage.InnerException!.Message} The training continues from the checkpoint before it.";
        }
        catch (DamageException)
        {
            throw damage;
        }
    }

    /// <summary>Puts the checkpoint before a damaged one in its place, so that the next one does not replace the only whole one.</summary>
    private static void PutBack(string path)
    {
        try
        {
            File.Move(path + PreviousEnding, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was read; what is on disk stays as it was.
        }
    }

    private static void ReadOne(string path, Action<BinaryReader> content, bool whole)
    {
        using var stream = Open(path, out long end);
        try
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            content(reader);
            if (whole && stream.Position != end) throw new FormatException("There is more data than expected.");
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or DecoderFallbackException)
        {
            throw new InterruptionException($"{path}: the checkpoint does not belong to this training. {WhatToDo}", e);
        }
        catch (IOException e)
        {
            throw new InterruptionException($"{path}: cannot be read ({e.Message}).", e);
        }
        catch (FerException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InterruptionException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Opens a checkpoint at its content, all of it checked.</summary>
    /// <exception cref="DamageException">It is missing, cannot be read or was altered.</exception>
    private static FileStream Open(string path, out long end)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            end = Check(stream, path);
            stream.Position = HeaderLength;
            return stream;
        }
        catch (Exception e)
        {
            stream?.Dispose();
            if (e is FileNotFoundException or DirectoryNotFoundException)
                throw new DamageException($"{path}: there is no such checkpoint.");
            if (e is IOException or UnauthorizedAccessException) throw new DamageException($"{path}: cannot be read ({e.Message}).");
            throw;
        }
    }

    /// <summary>Checks everything but the content's meaning, and returns where the content ends.</summary>
    private static long Check(FileStream stream, string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength], stored = stackalloc byte[SHA256.HashSizeInBytes];
        if (stream.Length < HeaderLength + SHA256.HashSizeInBytes) throw Damaged("it is truncated");
        stream.ReadExactly(header);
        if (!header[..8].SequenceEqual(Magic)) throw new DamageException($"{path}: not a checkpoint of this program.");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version)
            throw new DamageException($"{path}: the checkpoint has version {version}; this program reads {Version}.");
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

        DamageException Damaged(string why) => new($"{path}: the checkpoint is damaged: {why}.");
    }

    /// <summary>A checkpoint that is of no use, whatever the training.</summary>
    private sealed class DamageException(string message) : Exception(message);
}
