using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// The inner loops of convolution: register tiles of <see cref="Rows"/> rows by two vectors of columns. Twelve accumulators hide the
/// latency of multiply-add on every instruction set; together with two column vectors and a broadcast they fit in AVX2's sixteen registers.
/// </summary>
internal static unsafe class ConvolutionTile<V> where V : struct, ISimd<V>
{
    /// <summary>Rows of a tile: pixels in the forward pass, input channels in the weight gradient.</summary>
    internal const int Rows = 6;

    /// <summary>Columns of a tile: output channels.</summary>
    internal static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * V.Width;
    }

    /// <summary>
    /// result[row] = start[row] + sum over taps and channels of input[pixel[row] + tap + channel] * weights, for one block of output
    /// channels.
    /// </summary>
    /// <param name="input">The padded image; offsets are in floats from here.</param>
    /// <param name="pixels">[6] offsets of the tile's pixels.</param>
    /// <param name="taps">[tapCount] offsets of the kernel's positions.</param>
    /// <param name="tapCount">Number of taps.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="weights">[tapCount, channels, columns] packed.</param>
    /// <param name="start">[columns] initial values of the sums: the bias, or the sums so far.</param>
    /// <param name="startStep">Stride in floats between rows of <paramref name="start"/>; 0 to use the same values for all rows.</param>
    /// <param name="result">[6, columns], contiguous rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Forward(float* input, nint* pixels, nint* taps, int tapCount, nint channels, float* weights, float* start,
        nint startStep, float* result) =>
        Forward(input, pixels, taps, tapCount, channels, weights, start, startStep, result,
            (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(RowAfterRow)), rectify: false);

    /// <summary>The same, with a separate destination for each row.</summary>
    /// <param name="input">The padded image; offsets are in floats from here.</param>
    /// <param name="pixels">[6] offsets of the tile's pixels.</param>
    /// <param name="taps">[tapCount] offsets of the kernel's positions.</param>
    /// <param name="tapCount">Number of taps.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="weights">[tapCount, channels, columns] packed.</param>
    /// <param name="start">[columns] initial values of the sums: the bias, or the sums so far.</param>
    /// <param name="startStep">Stride in floats between rows of <paramref name="start"/>; 0 to use the same values for all rows.</param>
    /// <param name="result">Base address of the row offsets.</param>
    /// <param name="rows">[6] offsets of the rows' [columns] from <paramref name="result"/>.</param>
    /// <param name="rectify">True to write max(y, 0).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Forward(
        float* input, nint* pixels, nint* taps, int tapCount, nint channels, float* weights, float* start, nint startStep, float* result,
        nint* rows, bool rectify)
    {
        V a00 = V.Load(start), a01 = V.Load(start + V.Width);
        start += startStep;
        V a10 = V.Load(start), a11 = V.Load(start + V.Width);
        start += startStep;
        V a20 = V.Load(start), a21 = V.Load(start + V.Width);
        start += startStep;
        V a30 = V.Load(start), a31 = V.Load(start + V.Width);
        start += startStep;
        V a40 = V.Load(start), a41 = V.Load(start + V.Width);
        start += startStep;
        V a50 = V.Load(start), a51 = V.Load(start + V.Width);
        for (int tap = 0; tap < tapCount; tap++)
        {
            float* x = input + taps[tap];
            float* p0 = x + pixels[0], p1 = x + pixels[1], p2 = x + pixels[2], p3 = x + pixels[3], p4 = x + pixels[4], p5 = x + pixels[5];
            for (nint c = 0; c < channels; c++)
            {
                V w0 = V.Load(weights), w1 = V.Load(weights + V.Width);
                weights += 2 * V.Width;
                V b = V.Broadcast(p0[c]);
                a00 = V.MultiplyAdd(b, w0, a00);
                a01 = V.MultiplyAdd(b, w1, a01);
                b = V.Broadcast(p1[c]);
                a10 = V.MultiplyAdd(b, w0, a10);
                a11 = V.MultiplyAdd(b, w1, a11);
                b = V.Broadcast(p2[c]);
                a20 = V.MultiplyAdd(b, w0, a20);
                a21 = V.MultiplyAdd(b, w1, a21);
                b = V.Broadcast(p3[c]);
                a30 = V.MultiplyAdd(b, w0, a30);
                a31 = V.MultiplyAdd(b, w1, a31);
                b = V.Broadcast(p4[c]);
                a40 = V.MultiplyAdd(b, w0, a40);
                a41 = V.MultiplyAdd(b, w1, a41);
                b = V.Broadcast(p5[c]);
                a50 = V.MultiplyAdd(b, w0, a50);
                a51 = V.MultiplyAdd(b, w1, a51);
            }
        }
        if (rectify)
        {
            (a00, a01, a10, a11) = (V.Max(a00, default), V.Max(a01, default), V.Max(a10, default), V.Max(a11, default));
            (a20, a21, a30, a31) = (V.Max(a20, default), V.Max(a21, default), V.Max(a30, default), V.Max(a31, default));
            (a40, a41, a50, a51) = (V.Max(a40, default), V.Max(a41, default), V.Max(a50, default), V.Max(a51, default));
        }
        Store(result + rows[0], a00, a01);
        Store(result + rows[1], a10, a11);
        Store(result + rows[2], a20, a21);
        Store(result + rows[3], a30, a31);
        Store(result + rows[4], a40, a41);
        Store(result + rows[5], a50, a51);
    }

    /// <summary>
    /// result[row] = sum over channels of input[row * step + channel] * weights, for twice as many rows and the first vector of columns
    /// alone: a block whose second half is empty takes half of the time.
    /// </summary>
    /// <param name="input">[12] rows of input channels.</param>
    /// <param name="step">Stride in floats between rows.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="weights">[channels, columns] packed; the second half of the columns is not read.</param>
    /// <param name="result">[12, columns]; the second half of the columns is not written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ForwardHalf(float* input, nint step, nint channels, float* weights, float* result)
    {
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        V a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        nint twice = 2 * step;
        float* p0 = input, p1 = p0 + 3 * step, p2 = p1 + 3 * step, p3 = p2 + 3 * step;
        for (nint c = 0; c < channels; c++, p0++, p1++, p2++, p3++)
        {
            V w = V.Load(weights);
            weights += Columns;
            a0 = V.MultiplyAdd(V.Broadcast(p0[0]), w, a0);
            a1 = V.MultiplyAdd(V.Broadcast(p0[step]), w, a1);
            a2 = V.MultiplyAdd(V.Broadcast(p0[twice]), w, a2);
            a3 = V.MultiplyAdd(V.Broadcast(p1[0]), w, a3);
            a4 = V.MultiplyAdd(V.Broadcast(p1[step]), w, a4);
            a5 = V.MultiplyAdd(V.Broadcast(p1[twice]), w, a5);
            a6 = V.MultiplyAdd(V.Broadcast(p2[0]), w, a6);
            a7 = V.MultiplyAdd(V.Broadcast(p2[step]), w, a7);
            a8 = V.MultiplyAdd(V.Broadcast(p2[twice]), w, a8);
            a9 = V.MultiplyAdd(V.Broadcast(p3[0]), w, a9);
            a10 = V.MultiplyAdd(V.Broadcast(p3[step]), w, a10);
            a11 = V.MultiplyAdd(V.Broadcast(p3[twice]), w, a11);
        }
        V.Store(result, a0);
        V.Store(result + Columns, a1);
        V.Store(result + 2 * Columns, a2);
        V.Store(result + 3 * Columns, a3);
        V.Store(result + 4 * Columns, a4);
        V.Store(result + 5 * Columns, a5);
        V.Store(result + 6 * Columns, a6);
        V.Store(result + 7 * Columns, a7);
        V.Store(result + 8 * Columns, a8);
        V.Store(result + 9 * Columns, a9);
        V.Store(result + 10 * Columns, a10);
        V.Store(result + 11 * Columns, a11);
    }

    /// <summary>The offsets of contiguous rows.</summary>
    private static readonly nint[] RowAfterRow = MakeRows();

    private static nint[] MakeRows()
    {
        nint[] rows = GC.AllocateArray<nint>(Rows, pinned: true);
        for (int i = 0; i < Rows; i++) rows[i] = i * Columns;
        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* row, V first, V second)
    {
        V.Store(row, first);
        V.Store(row + V.Width, second);
    }

    /// <summary>
    /// result[row] = start[row] + sum over pixels of left[pixel] ⊗ right[pixel]: the weight gradient of six input channels at one tap for
    /// one block of output channels.
    /// </summary>
    /// <param name="left">[lines, width, 6] packed input values; the stride between pixels is <paramref name="leftStep"/> floats, between
    /// lines <paramref name="leftLine"/>.</param>
    /// <param name="leftStep">Stride in floats between pixels.</param>
    /// <param name="leftLine">Stride in floats between lines.</param>
    /// <param name="right">[lines, width, columns] packed gradients of the output, contiguous.</param>
    /// <param name="lines">Number of lines.</param>
    /// <param name="width">Pixels per line.</param>
    /// <param name="start">[columns] initial values of the sums.</param>
    /// <param name="startStep">Stride in floats between rows of <paramref name="start"/>; 0 to use the same values for all rows.</param>
    /// <param name="result">[6, columns]; may be <paramref name="start"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void OuterProducts(float* left, nint leftStep, nint leftLine, float* right, int lines, int width, float* start,
        nint startStep, float* result)
    {
        int n = V.Width;
        V a00 = V.Load(start), a01 = V.Load(start + n);
        start += startStep;
        V a10 = V.Load(start), a11 = V.Load(start + n);
        start += startStep;
        V a20 = V.Load(start), a21 = V.Load(start + n);
        start += startStep;
        V a30 = V.Load(start), a31 = V.Load(start + n);
        start += startStep;
        V a40 = V.Load(start), a41 = V.Load(start + n);
        start += startStep;
        V a50 = V.Load(start), a51 = V.Load(start + n);
        for (int line = 0; line < lines; line++)
        {
            float* x = left;
            for (int i = 0; i < width; i++)
            {
                V w0 = V.Load(right), w1 = V.Load(right + V.Width);
                right += 2 * V.Width;
                V b = V.Broadcast(x[0]);
                a00 = V.MultiplyAdd(b, w0, a00);
                a01 = V.MultiplyAdd(b, w1, a01);
                b = V.Broadcast(x[1]);
                a10 = V.MultiplyAdd(b, w0, a10);
                a11 = V.MultiplyAdd(b, w1, a11);
                b = V.Broadcast(x[2]);
                a20 = V.MultiplyAdd(b, w0, a20);
                a21 = V.MultiplyAdd(b, w1, a21);
                b = V.Broadcast(x[3]);
                a30 = V.MultiplyAdd(b, w0, a30);
                a31 = V.MultiplyAdd(b, w1, a31);
                b = V.Broadcast(x[4]);
                a40 = V.MultiplyAdd(b, w0, a40);
                a41 = V.MultiplyAdd(b, w1, a41);
                b = V.Broadcast(x[5]);
                a50 = V.MultiplyAdd(b, w0, a50);
                a51 = V.MultiplyAdd(b, w1, a51);
                x += leftStep;
            }
            left += leftLine;
        }
        V.Store(result, a00);
        V.Store(result + n, a01);
        V.Store(result + 2 * n, a10);
        V.Store(result + 3 * n, a11);
        V.Store(result + 4 * n, a20);
        V.Store(result + 5 * n, a21);
        V.Store(result + 6 * n, a30);
        V.Store(result + 7 * n, a31);
        V.Store(result + 8 * n, a40);
        V.Store(result + 9 * n, a41);
        V.Store(result + 10 * n, a50);
        V.Store(result + 11 * n, a51);
    }
}
