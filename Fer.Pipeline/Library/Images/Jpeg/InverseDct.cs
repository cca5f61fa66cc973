using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fer.Pipeline.Images;

/// <summary>
/// The inverse transform of an 8x8 block in whole numbers, columns and then rows, with the multiplications of Loeffler, Ligtenberg and
/// Moschytz (ICASSP 1989) in 13 fractional bits: the method and the rounding of the reference decoder's accurate transform, so results agree to the bit.
/// </summary>
internal static class InverseDct
{
    // round(x * 2^13)
    private const int F0298 = 2446, F0390 = 3196, F0541 = 4433, F0765 = 6270, F0899 = 7373, F1175 = 9633,
        F1501 = 12299, F1847 = 15137, F1961 = 16069, F2053 = 16819, F2562 = 20995, F3072 = 25172;

    // Two fractional bits are kept between the passes.
    private const int FirstShift = 11, SecondShift = 18;

    /// <summary>Writes the samples of a block.</summary>
    /// <param name="coefficients">[8, 8] quantised.</param>
    /// <param name="steps">[8, 8] quantisation steps.</param>
    /// <param name="last">Place in the zigzag after which all are 0.</param>
    /// <param name="target">The first sample; the rest in eight rows of eight.</param>
    /// <param name="stride">From one row of samples to the next.</param>
    internal static void Transform(ReadOnlySpan<short> coefficients, ReadOnlySpan<int> steps, int last, Span<byte> target, int stride)
    {
        // Of all that follows, every access to memory is inside these lengths.
        coefficients = coefficients[..64];
        steps = steps[..64];
        target = target[..(7 * stride + 8)];
        if (last == 0)
        {
            byte value = (byte)Math.Clamp(((coefficients[0] * steps[0] * 4 + 16) >> 5) + 128, 0, 255);
            for (int y = 0; y < 8; y++) target.Slice(y * stride, 8).Fill(value);
            return;
        }
        ref short from = ref MemoryMarshal.GetReference(coefficients);
        ref int by = ref MemoryMarshal.GetReference(steps);
        var v0 = Load(ref from, ref by, 0);
        var v1 = Load(ref from, ref by, 8);
        var v2 = Load(ref from, ref by, 16);
        var v3 = Load(ref from, ref by, 24);
        var v4 = Load(ref from, ref by, 32);
        var v5 = Load(ref from, ref by, 40);
        var v6 = Load(ref from, ref by, 48);
        var v7 = Load(ref from, ref by, 56);
        Pass(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, FirstShift);
        Transpose(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        Pass(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, SecondShift);
        Transpose(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        ref byte to = ref MemoryMarshal.GetReference(target);
        Store(v0, ref to, 0);
        Store(v1, ref to, stride);
        Store(v2, ref to, 2 * stride);
        Store(v3, ref to, 3 * stride);
        Store(v4, ref to, 4 * stride);
        Store(v5, ref to, 5 * stride);
        Store(v6, ref to, 6 * stride);
        Store(v7, ref to, 7 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(ref short coefficients, ref int steps, nuint at)
    {
        var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref coefficients, at));
        return Vector256.Create(low, high) * Vector256.LoadUnsafe(ref steps, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> samples, ref byte target, int at)
    {
        var clamped = Vector256.Min(Vector256.Max(samples + Vector256.Create(128), Vector256<int>.Zero), Vector256.Create(255));
        var words = Vector128.Narrow(clamped.GetLower(), clamped.GetUpper()).AsUInt16();
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, at), Vector128.Narrow(words, words).AsUInt64().ToScalar());
    }

    /// <summary>One-dimensional transforms of eight columns at once, rounded and shifted right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7, int shift)
    {
        var round = Vector256.Create(1 << (shift - 1));
        var turned = (v2 + v6) * F0541;
        var e2 = turned - v6 * F1847;
        var e3 = turned + v2 * F0765;
        var e0 = ((v0 + v4) << 13) + round;
        var e1 = ((v0 - v4) << 13) + round;
        var (a0, a3, a1, a2) = (e0 + e3, e0 - e3, e1 + e2, e1 - e2);

        var z1 = (v7 + v1) * -F0899;
        var z2 = (v5 + v3) * -F2562;
        var z3 = v7 + v3;
        var z4 = v5 + v1;
        var z5 = (z3 + z4) * F1175;
        z3 = z3 * -F1961 + z5;
        z4 = z4 * -F0390 + z5;
        var b0 = v7 * F0298 + z1 + z3;
        var b1 = v5 * F2053 + z2 + z4;
        var b2 = v3 * F3072 + z2 + z3;
        var b3 = v1 * F1501 + z1 + z4;
        v0 = (a0 + b3) >> shift;
        v7 = (a0 - b3) >> shift;
        v1 = (a1 + b2) >> shift;
        v6 = (a1 - b2) >> shift;
        v2 = (a2 + b1) >> shift;
        v5 = (a2 - b1) >> shift;
        v3 = (a3 + b0) >> shift;
        v4 = (a3 - b0) >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        if (!Avx2.IsSupported)
        {
            TransposeInMemory(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
            return;
        }
        var a0 = Avx2.UnpackLow(v0, v1).AsInt64();
        var a1 = Avx2.UnpackHigh(v0, v1).AsInt64();
        var a2 = Avx2.UnpackLow(v2, v3).AsInt64();
        var a3 = Avx2.UnpackHigh(v2, v3).AsInt64();
        var a4 = Avx2.UnpackLow(v4, v5).AsInt64();
        var a5 = Avx2.UnpackHigh(v4, v5).AsInt64();
        var a6 = Avx2.UnpackLow(v6, v7).AsInt64();
        var a7 = Avx2.UnpackHigh(v6, v7).AsInt64();
        var b0 = Avx2.UnpackLow(a0, a2).AsInt32();
        var b1 = Avx2.UnpackHigh(a0, a2).AsInt32();
        var b2 = Avx2.UnpackLow(a1, a3).AsInt32();
        var b3 = Avx2.UnpackHigh(a1, a3).AsInt32();
        var b4 = Avx2.UnpackLow(a4, a6).AsInt32();
        var b5 = Avx2.UnpackHigh(a4, a6).AsInt32();
        var b6 = Avx2.UnpackLow(a5, a7).AsInt32();
        var b7 = Avx2.UnpackHigh(a5, a7).AsInt32();
        v0 = Avx2.Permute2x128(b0, b4, 0x20);
        v1 = Avx2.Permute2x128(b1, b5, 0x20);
        v2 = Avx2.Permute2x128(b2, b6, 0x20);
        v3 = Avx2.Permute2x128(b3, b7, 0x20);
        v4 = Avx2.Permute2x128(b0, b4, 0x31);
        v5 = Avx2.Permute2x128(b1, b5, 0x31);
        v6 = Avx2.Permute2x128(b2, b6, 0x31);
        v7 = Avx2.Permute2x128(b3, b7, 0x31);
    }

    private static void TransposeInMemory(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        Span<int> block = stackalloc int[64];
        v0.CopyTo(block);
        v1.CopyTo(block[8..]);
        v2.CopyTo(block[16..]);
        v3.CopyTo(block[24..]);
        v4.CopyTo(block[32..]);
        v5.CopyTo(block[40..]);
        v6.CopyTo(block[48..]);
        v7.CopyTo(block[56..]);
        for (int y = 1; y < 8; y++)
            for (int x = 0; x < y; x++) (block[8 * y + x], block[8 * x + y]) = (block[8 * x + y], block[8 * y + x]);
        v0 = Vector256.Create<int>(block);
        v1 = Vector256.Create<int>(block[8..]);
        v2 = Vector256.Create<int>(block[16..]);
        v3 = Vector256.Create<int>(block[24..]);
        v4 = Vector256.Create<int>(block[32..]);
        v5 = Vector256.Create<int>(block[40..]);
        v6 = Vector256.Create<int>(block[48..]);
        v7 = Vector256.Create<int>(block[56..]);
    }
}
