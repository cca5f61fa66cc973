using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fer.Pipeline.Data;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// Features of frozen backbones as files, each named by the hash of what it was computed from: the faces' pixels, and the network up to the
/// tap with all its preprocessing. So a file is only found for the data it belongs to, and labels may change without recomputing. A file
/// contains the magic number, the key, both counts, the features as little-endian floats, and the SHA-256 of all that.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class BottleneckCache(string folder)
{
    private const int HeaderBytes = 4 + 32 + 4 + 4;

    private static ReadOnlySpan<byte> Magic => "FBN1"u8;

    /// <summary>The hash of a network up to the tap, for <see cref="Key"/>.</summary>
    internal static byte[] HashOf(Network features)
    {
        using var onnx = new MemoryStream();
        OnnxWriter.Write(features, onnx);
        return SHA256.HashData(onnx.GetBuffer().AsSpan(0, (int)onnx.Length));
    }

    /// <summary>The cache key of these faces' features under the network of a hash.</summary>
    internal static byte[] Key(FaceSet faces, byte[] network, bool winograd)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < faces.Count; i++) hash.AppendData(faces.Pixels(i));
        hash.AppendData(network);
        // The two convolution algorithms round differently.
        if (!winograd) hash.AppendData("direct"u8);
        return hash.GetHashAndReset();
    }

    /// <summary>The path for a key.</summary>
    internal string PathOf(byte[] key) => Path.Combine(folder, $"bottleneck-{Convert.ToHexStringLower(key.AsSpan(0, 12))}.bin");

    /// <summary>The [count, features] values, or null if the file is missing or damaged.</summary>
    internal float[]? Read(byte[] key, int count, int features)
    {
        string path = PathOf(key);
        long bytes = (long)count * features * sizeof(float);
        try
        {
            // Checks the length first, so that a damaged file cannot make it allocate memory.
            if (!File.Exists(path) || new FileInfo(path).Length != HeaderBytes + bytes + SHA256.HashSizeInBytes) return null;
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var header = new byte[HeaderBytes];
            stream.ReadExactly(header);
            if (!header.AsSpan().SequenceEqual(Header(key, count, features))) return null;
            hash.AppendData(header);
            var values = new float[(long)count * features];
            for (int start = 0; start < count; start++)
            {
                var row = MemoryMarshal.AsBytes(values.AsSpan(start * features, features));
                stream.ReadExactly(row);
                hash.AppendData(row);
            }
            var stored = new byte[SHA256.HashSizeInBytes];
            stream.ReadExactly(stored);
            return stored.AsSpan().SequenceEqual(hash.GetHashAndReset()) ? Ordered(values) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An unreadable cache counts as none.
            return null;
        }
    }

    /// <summary>Writes the values, all or nothing.</summary>
    /// <exception cref="FerException">The folder cannot be written.</exception>
    internal void Write(byte[] key, int count, int features, float[] values) => AtomicFile.Write(PathOf(key), stream =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Put(Header(key, count, features));
        Ordered(values);
        try
        {
            for (int start = 0; start < count; start++) Put(MemoryMarshal.AsBytes(values.AsSpan(start * features, features)));
        }
        finally
        {
            Ordered(values);
        }
        stream.Write(hash.GetHashAndReset());

        void Put(ReadOnlySpan<byte> bytes)
        {
            stream.Write(bytes);
            hash.AppendData(bytes);
        }
    });

    private static byte[] Header(byte[] key, int count, int features)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        key.CopyTo(header, 4);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(36), count);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), features);
        return header;
    }

    /// <summary>Swaps the bytes of each value on a big-endian machine; a second call undoes it.</summary>
    private static float[] Ordered(float[] values)
    {
        if (BitConverter.IsLittleEndian) return values;
        var bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
        BinaryPrimitives.ReverseEndianness(bits, bits);
        return values;
    }
}
