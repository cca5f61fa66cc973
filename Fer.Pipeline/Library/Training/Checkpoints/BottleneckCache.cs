using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fer.Pipeline.Data;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// Features of frozen backbones as files, each under the hash of what it was computed from: the faces' pixels and the network up to the tap with
/// all its preprocessing. So a file can only be found by whom it belongs to, and labels may change without computing anything anew. A
/// file is the magic number, the key, both counts, the features as little-endian floats, and the SHA-256 of all that.
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class BottleneckCache(string folder)
{
    private const int HeaderBytes = 4 + 32 + 4 + 4;

    private static ReadOnlySpan<byte> Magic => "FBN1"u8;

    /// <summary>What the features of these faces under this network are found by.</summary>
    internal static byte[] Key(FaceSet faces, Network features, bool winograd)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < faces.Count; i++) hash.AppendData(faces.Pixels(i));
        using var onnx = new MemoryStream();
        OnnxWriter.Write(features, onnx);
        hash.AppendData(SHA256.HashData(onnx.GetBuffer().AsSpan(0, (int)onnx.Length)));
        // The two ways of a convolution do not round alike.
        if (!winograd) hash.AppendData("direct"u8);
        return hash.GetHashAndReset();
    }

    /// <summary>The file of a key.</summary>
    internal string PathOf(byte[] key) => Path.Combine(folder, $"bottleneck-{Convert.ToHexStringLower(key.AsSpan(0, 12))}.bin");

    /// <summary>The [count, features] values, or null where there is no file or it is not whole.</summary>
    internal float[]? Read(byte[] key, int count, int features)
    {
        string path = PathOf(key);
        long bytes = (long)count * features * sizeof(float);
        try
        {
            // The length first: what a damaged file says about itself takes no memory.
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
            // A cache that cannot be read is as good as none.
            return null;
        }
    }

    /// <summary>Writes the values whole or not at all.</summary>
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

    /// <summary>Turns the bytes of each value round on a big-endian machine; a second call undoes it.</summary>
    private static float[] Ordered(float[] values)
    {
        if (BitConverter.IsLittleEndian) return values;
        var bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
        BinaryPrimitives.ReverseEndianness(bits, bits);
        return values;
    }
}
