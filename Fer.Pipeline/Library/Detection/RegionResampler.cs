using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Scales a square of an image to a network's input: by area averaging when shrinking, linearly when enlarging. Beyond the image it is
/// black.
/// </summary>
internal sealed class RegionResampler(int side)
{
    private float[] _row = [];

    /// <summary>Writes [side, side, 3] values of -1 … 1.</summary>
    internal void Resample(RgbImage image, FaceBox region, Span<float> target)
    {
        var columns = Taps(image.Width, region.X, region.Width);
        var rows = Taps(image.Height, region.Y, region.Height);
        // The range of image rows that is needed.
        int start = Math.Clamp((int)region.X - 1, 0, image.Width - 1), end = Math.Clamp((int)region.Right + 2, start + 1, image.Width);
        int length = 3 * (end - start);
        if (_row.Length < length) _row = new float[length];
        var sums = _row.AsSpan(0, length);
        for (int y = 0; y < side; y++)
        {
            var line = target.Slice(3 * side * y, 3 * side);
            line.Fill(-1);
            var (top, heights) = rows[y];
            if (heights.Length == 0) continue;
            // Vertically first: whole rows of the image can be processed as vectors.
            sums.Clear();
            for (int k = 0; k < heights.Length; k++)
                Add(image.Pixels.AsSpan(3 * ((top + k) * image.Width + start), length), heights[k] / 127.5f, sums);
            for (int x = 0; x < side; x++)
            {
                var (left, widths) = columns[x];
                float red = 0, green = 0, blue = 0;
                for (int k = 0, at = 3 * (left - start); k < widths.Length; k++, at += 3)
                {
                    red += widths[k] * sums[at];
                    green += widths[k] * sums[at + 1];
                    blue += widths[k] * sums[at + 2];
                }
                (line[3 * x], line[3 * x + 1], line[3 * x + 2]) = (red - 1, green - 1, blue - 1);
            }
        }
    }

    private static void Add(ReadOnlySpan<byte> pixels, float weight, Span<float> sums)
    {
        int x = 0;
        for (; x <= pixels.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(pixels[x..]));
            Add(low, weight, ref sums[x]);
            Add(high, weight, ref sums[x + 8]);
        }
        for (; x < pixels.Length; x++) sums[x] += pixels[x] * weight;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector128<ushort> pixels, float weight, ref float sums)
    {
        var (low, high) = Vector128.Widen(pixels);
        var values = Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32());
        (Vector256.LoadUnsafe(ref sums) + values * weight).StoreUnsafe(ref sums);
    }

    /// <summary>
    /// For each input pixel the index of the first image pixel, and the weights of the pixels from there on; they sum to less than 1 at the
    /// edge.
    /// </summary>
    private (int First, float[] Weights)[] Taps(int length, float start, float extent)
    {
        var taps = new (int, float[])[side];
        double scale = (double)extent / side;
        for (int i = 0; i < side; i++)
        {
            double from, to;
            if (scale >= 1) (from, to) = (start + i * scale, start + (i + 1) * scale);
            else
            {
                // Linear interpolation is area averaging over a window one pixel wide.
                double centre = start + (i + 0.5) * scale;
                (from, to) = (centre - 0.5, centre + 0.5);
            }
            int first = Math.Max(0, (int)Math.Floor(from)), last = Math.Min(length, (int)Math.Ceiling(to));
            var weights = new float[Math.Max(0, last - first)];
            for (int k = 0; k < weights.Length; k++)
                weights[k] = (float)((Math.Min(to, first + k + 1) - Math.Max(from, first + k)) / (to - from));
            taps[i] = (first, weights);
        }
        return taps;
    }
}
