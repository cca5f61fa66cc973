namespace Fer.Pipeline.Engine;

/// <summary>For each position of a resized axis, the input positions that contribute to it, with their weights.</summary>
internal sealed class ResizeAxis
{
    private readonly (int Place, float Weight)[][] _taps;
    private readonly bool[] _outside;

    /// <param name="input">Size of the input axis.</param>
    /// <param name="output">Size of the output axis.</param>
    /// <param name="scale">Scale factor, or 0 for the ratio of the sizes.</param>
    /// <param name="start">Start of the region, as a fraction of the input.</param>
    /// <param name="end">End of the region, as a fraction of the input.</param>
    /// <param name="options">How the axis is resized.</param>
    internal ResizeAxis(int input, int output, double scale, double start, double end, ResizeOptions options)
    {
        if (scale == 0) scale = (double)output / input;
        _taps = new (int, float)[output][];
        _outside = new bool[output];
        for (int i = 0; i < output; i++)
        {
            double place = options.Coordinates switch
            {
                ResizeCoordinates.HalfPixel => (i + 0.5) / scale - 0.5,
                ResizeCoordinates.PytorchHalfPixel => output > 1 ? (i + 0.5) / scale - 0.5 : 0,
                ResizeCoordinates.AlignCorners => output > 1 ? i * (input - 1.0) / (scale * input - 1) : 0,
                ResizeCoordinates.Asymmetric => i / scale,
                ResizeCoordinates.TfHalfPixelForNn => (i + 0.5) / scale,
                _ => output > 1 ? start * (input - 1) + i * (end - start) * (input - 1) / (output - 1) : 0.5 * (start + end) * (input - 1),
            };
            _outside[i] = options.Coordinates == ResizeCoordinates.TfCropAndResize && (place < 0 || place > input - 1);
            _taps[i] = options.Interpolation switch
            {
                Interpolation.Nearest => [(Math.Clamp(Nearest(place, options.Rounding), 0, input - 1), 1)],
                Interpolation.Linear => Linear(place, input),
                _ => Cubic(place, input, options),
            };
        }
    }

    internal bool IsOutside(int output) => _outside[output];

    internal (int Place, float Weight)[] Taps(int output) => _taps[output];

    private static int Nearest(double place, NearestRounding rounding) => (int)(rounding switch
    {
        NearestRounding.RoundPreferFloor => Math.Ceiling(place - 0.5),
        NearestRounding.RoundPreferCeil => Math.Floor(place + 0.5),
        NearestRounding.Floor => Math.Floor(place),
        _ => Math.Ceiling(place),
    });

    private static (int, float)[] Linear(double place, int input)
    {
        place = Math.Clamp(place, 0, input - 1);
        int left = (int)place, right = Math.Min(left + 1, input - 1);
        double share = place - left;
        return share == 0 || left == right ? [(left, 1)] : [(left, (float)(1 - share)), (right, (float)share)];
    }

    private static (int, float)[] Cubic(double place, int input, ResizeOptions options)
    {
        double a = options.CubicCoefficient, floor = Math.Floor(place), t = place - floor;
        double[] weights = [Far(1 + t), Near(t), Near(1 - t), Far(2 - t)];
        int first = (int)floor - 1;
        if (options.ExcludeOutside)
        {
            for (int i = 0; i < 4; i++)
                if ((uint)(first + i) >= input) weights[i] = 0;
            double sum = weights.Sum();
            for (int i = 0; i < 4; i++) weights[i] /= sum;
        }
        return [.. weights.Select((weight, i) => (Math.Clamp(first + i, 0, input - 1), (float)weight))];

        double Near(double x) => ((a + 2) * x - (a + 3)) * x * x + 1;
        double Far(double x) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    }
}
