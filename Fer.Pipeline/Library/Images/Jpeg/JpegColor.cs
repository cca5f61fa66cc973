using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fer.Pipeline.Images;

/// <summary>Makes red, green and blue of a frame's components (JFIF: full-range ITU-R BT.601), in 16 fractional bits as the reference decoder does.</summary>
internal static class JpegColor
{
    private const int Bits = 16, Half = 1 << (Bits - 1);

    // round(x * 2^16)
    private const int CrToRed = 91_881, CbToBlue = 116_130, CbToGreen = 22_554, CrToGreen = 46_802;

    /// <summary>The image of a frame whose samples are decoded.</summary>
    internal static RgbImage ToRgb(JpegFrame frame, JpegColorSpace space)
    {
        var pixels = new byte[3 * frame.Width * frame.Height];
        var parts = frame.Components.Select(c => new ChromaUpsampler(frame, c)).ToArray();
        for (int y = 0; y < frame.Height; y++)
        {
            var row = pixels.AsSpan(3 * frame.Width * y, 3 * frame.Width);
            var first = parts[0].Row(y);
            if (parts.Length == 1)
            {
                Interleave(first, first, first, row);
                continue;
            }
            var second = parts[1].Row(y);
            var third = parts[2].Row(y);
            if (space is JpegColorSpace.YCbCr or JpegColorSpace.Ycck) FromYCbCr(first, second, third, row);
            else Interleave(first, second, third, row);
            // Adobe stores what is left of the light after each ink, so inks multiply; YCCK gives the inks themselves.
            if (parts.Length == 4) Darken(row, parts[3].Row(y), inverted: space == JpegColorSpace.Ycck);
        }
        return new RgbImage(frame.Width, frame.Height, pixels);
    }

    private static void Interleave(ReadOnlySpan<byte> red, ReadOnlySpan<byte> green, ReadOnlySpan<byte> blue, Span<byte> pixels)
    {
        for (int x = 0; x < red.Length; x++)
        {
            var pixel = pixels.Slice(3 * x, 3);
            (pixel[0], pixel[1], pixel[2]) = (red[x], green[x], blue[x]);
        }
    }

    private static void Darken(Span<byte> pixels, ReadOnlySpan<byte> key, bool inverted)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            int light = inverted ? 255 - pixels[i] : pixels[i];
            pixels[i] = (byte)((light * key[i / 3] + 127) / 255);
        }
    }

    private static void FromYCbCr(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> pixels)
    {
        int x = 0;
        // Four bytes a pixel are made and three kept, so the last store reaches beyond its own pixels.
        for (; 3 * (x + 8) + 4 <= pixels.Length; x += 8)
        {
            var y = Load(luma[x..]) << Bits;
            var b = Load(cb[x..]) - Vector256.Create(128);
            var r = Load(cr[x..]) - Vector256.Create(128);
            var half = Vector256.Create(Half);
            var red = Clamp((y + r * CrToRed + half) >> Bits);
            var green = Clamp((y - b * CbToGreen - r * CrToGreen + half) >> Bits);
            var blue = Clamp((y + b * CbToBlue + half) >> Bits);
            var four = (red | (green << 8) | (blue << 16)).AsByte();
            ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetReference(pixels), 3 * x);
            Pack(four.GetLower()).StoreUnsafe(ref to);
            Pack(four.GetUpper()).StoreUnsafe(ref to, 12);
        }
        for (; x < luma.Length; x++)
        {
            int y = luma[x] << Bits, b = cb[x] - 128, r = cr[x] - 128;
            pixels[3 * x] = Clamp((y + r * CrToRed + Half) >> Bits);
            pixels[3 * x + 1] = Clamp((y - b * CbToGreen - r * CrToGreen + Half) >> Bits);
            pixels[3 * x + 2] = Clamp((y + b * CbToBlue + Half) >> Bits);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(ReadOnlySpan<byte> samples)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalar(MemoryMarshal.Read<ulong>(samples)).AsByte());
        var (low, high) = Vector128.Widen(words.AsInt16());
        return Vector256.Create(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Clamp(Vector256<int> values) => Vector256.Min(Vector256.Max(values, Vector256<int>.Zero), Vector256.Create(255));

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pack(Vector128<byte> four) =>
        Vector128.Shuffle(four, Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255));
}
