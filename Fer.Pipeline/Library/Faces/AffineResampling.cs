using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fer.Pipeline.Faces;

/// <summary>
/// Where each pixel of the result comes from: source = center + [XX XY; YX YY] * (position in the result, relative to its centre).
/// </summary>
internal readonly record struct AffineMap(float XX, float XY, float YX, float YY, float CenterX, float CenterY);

/// <summary>
/// Bilinear resampling of a 48x48 face under an affine map; outside the face its edge is repeated. Coordinates are clamped, not tested, so
/// there is no branch per pixel. Both paths do the same single-precision operations in the same order and agree bit for bit.
/// </summary>
internal static unsafe class AffineResampling
{
    internal static void Resample(ReadOnlySpan<byte> face, in AffineMap map, int side, Span<float> target, bool vectorised = true)
    {
        // A gather reads four bytes where two are needed: the copy is padded for the last one.
        byte* source = stackalloc byte[Face.PixelCount + 8];
        face[..Face.PixelCount].CopyTo(new Span<byte>(source, Face.PixelCount));
        vectorised &= Avx2.IsSupported;
        float middle = (side - 1) / 2f;
        for (int y = 0; y < side; y++)
        {
            float v = y - middle;
            float rowX = map.CenterX + map.XY * v, rowY = map.CenterY + map.YY * v;
            var row = target.Slice(y * side, side);
            int x = vectorised ? ResampleVectors(source, map, rowX, rowY, middle, row) : 0;
            for (; x < row.Length; x++)
            {
                float u = x - middle;
                row[x] = Sample(source, rowX + map.XX * u, rowY + map.YX * u);
            }
        }
    }

    /// <summary>Fills the full vectors of a row and returns the number of pixels done.</summary>
    private static int ResampleVectors(byte* source, in AffineMap map, float rowX, float rowY, float middle, Span<float> row)
    {
        var last = Vector256.Create(Face.Side - 1f);
        var lastLeft = Vector256.Create(Face.Side - 2);
        var mask = Vector256.Create(255);
        ref float to = ref MemoryMarshal.GetReference(row);
        int x = 0;
        for (; x <= row.Length - Vector256<float>.Count; x += Vector256<float>.Count)
        {
            var u = Vector256.Create((float)x) + Vector256.Create(0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f) - Vector256.Create(middle);
            var sx = Vector256.Min(Vector256.Max(Vector256.Create(rowX) + u * map.XX, Vector256<float>.Zero), last);
            var sy = Vector256.Min(Vector256.Max(Vector256.Create(rowY) + u * map.YX, Vector256<float>.Zero), last);
            var left = Vector256.Min(Avx.ConvertToVector256Int32WithTruncation(sx), lastLeft);
            var top = Vector256.Min(Avx.ConvertToVector256Int32WithTruncation(sy), lastLeft);
            var dx = sx - Vector256.ConvertToSingle(left);
            var dy = sy - Vector256.ConvertToSingle(top);
            var place = top * Face.Side + left;
            var above = Avx2.GatherVector256((int*)source, place, 1);
            var below = Avx2.GatherVector256((int*)(source + Face.Side), place, 1);
            var p00 = Vector256.ConvertToSingle(above & mask);
            var p01 = Vector256.ConvertToSingle((above >>> 8) & mask);
            var p10 = Vector256.ConvertToSingle(below & mask);
            var p11 = Vector256.ConvertToSingle((below >>> 8) & mask);
            var upper = p00 + (p01 - p00) * dx;
            var lower = p10 + (p11 - p10) * dx;
            (upper + (lower - upper) * dy).StoreUnsafe(ref to, (nuint)x);
        }
        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sample(byte* source, float x, float y)
    {
        x = MathF.Min(MathF.Max(x, 0f), Face.Side - 1f);
        y = MathF.Min(MathF.Max(y, 0f), Face.Side - 1f);
        int left = Math.Min((int)x, Face.Side - 2), top = Math.Min((int)y, Face.Side - 2);
        float dx = x - left, dy = y - top;
        byte* p = source + top * Face.Side + left;
        float upper = p[0] + (p[1] - p[0]) * dx;
        float lower = p[Face.Side] + (p[Face.Side + 1] - p[Face.Side]) * dx;
        return upper + (lower - upper) * dy;
    }
}
