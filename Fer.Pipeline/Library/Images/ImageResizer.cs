namespace Fer.Pipeline.Images;

/// <summary>
/// Resizes grey images: down by the mean of the area that a pixel covers, up by linear interpolation between pixel centres.
/// Each direction is handled on its own; the shape is not kept where the sides change unlike.
/// </summary>
public static class ImageResizer
{
    /// <summary>The image at <paramref name="width"/> x <paramref name="height"/> pixels; the same image where it has that size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive, or the image too large.</exception>
    public static GrayImage Resize(GrayImage image, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, GrayImage.MaxPixels);
        if (width == image.Width && height == image.Height) return image;

        var columns = Taps(image.Width, width);
        var rows = Taps(image.Height, height);
        var pixels = new byte[width * height];
        var sums = new float[width];
        int done = -1;
        var kept = new Dictionary<int, float[]>();
        for (int y = 0; y < height; y++)
        {
            Array.Clear(sums);
            var (first, weights) = rows[y];
            for (int k = 0; k < weights.Length; k++)
            {
                float[] row = Row(image, first + k, columns, kept);
                for (int x = 0; x < width; x++) sums[x] += weights[k] * row[x];
            }
            for (int x = 0; x < width; x++) pixels[y * width + x] = (byte)Math.Clamp(sums[x] + 0.5f, 0f, 255f);
            // Rows above the next one's first are not needed again, so only a few are in memory at a time.
            int last = y + 1 < height ? rows[y + 1].First : image.Height;
            while (done < last - 1) kept.Remove(++done);
        }
        return new GrayImage(width, height, pixels);
    }

    private static float[] Row(GrayImage image, int y, (int First, float[] Weights)[] columns, Dictionary<int, float[]> kept)
    {
        if (kept.TryGetValue(y, out float[]? row)) return row;
        row = new float[columns.Length];
        var pixels = image.Pixels.AsSpan(y * image.Width, image.Width);
        for (int x = 0; x < row.Length; x++)
        {
            var (first, weights) = columns[x];
            float sum = 0;
            for (int k = 0; k < weights.Length; k++) sum += weights[k] * pixels[first + k];
            row[x] = sum;
        }
        return kept[y] = row;
    }

    /// <summary>For each target pixel the first source pixel it takes from and the weights from there on, which sum to 1.</summary>
    private static (int First, float[] Weights)[] Taps(int source, int target)
    {
        var taps = new (int, float[])[target];
        double scale = (double)source / target;
        for (int i = 0; i < target; i++)
        {
            if (scale >= 1)
            {
                double from = i * scale, to = Math.Min(source, (i + 1) * scale);
                int first = (int)from, last = Math.Min(source, (int)Math.Ceiling(to));
                var weights = new float[last - first];
                for (int k = 0; k < weights.Length; k++)
                    weights[k] = (float)((Math.Min(to, first + k + 1) - Math.Max(from, first + k)) / (to - from));
                taps[i] = (first, weights);
            }
            else
            {
                double centre = Math.Clamp((i + 0.5) * scale - 0.5, 0, source - 1);
                int first = Math.Min((int)centre, Math.Max(0, source - 2));
                float right = (float)(centre - first);
                taps[i] = source == 1 ? (0, [1f]) : (first, [1 - right, right]);
            }
        }
        return taps;
    }
}
