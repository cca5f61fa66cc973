using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fer.Pipeline.Faces;

/// <summary>Tells faces apart by their pixels: half of their SHA-256, so that equal hashes mean equal pixels.</summary>
internal static class PixelHash
{
    internal static UInt128 Of(ReadOnlySpan<byte> pixels)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(pixels, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
