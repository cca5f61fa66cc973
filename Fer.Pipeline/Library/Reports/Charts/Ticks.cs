namespace Fer.Pipeline.Reports;

/// <summary>
/// Round numbers for an axis, in steps of 1, 2, 2.5 or 5 times a power of ten: the first at or below the data, the last at or above it.
/// </summary>
internal sealed class Ticks
{
    private const double Largest = 1e300;

    private Ticks(double step, long first, long last)
    {
        Step = step;
        // Products, not running sums: the tick at 0.3 is the nearest double to it or its neighbour.
        Values = [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => (first + i) * step)];
    }

    internal double Step { get; }

    internal IReadOnlyList<double> Values { get; }

    internal double Minimum => Values[0];

    internal double Maximum => Values[^1];

    /// <summary>Places ticks over minimum … maximum. NaN or infinite bounds count as 0 … 1; an empty range is widened.</summary>
    /// <param name="minimum">The smallest value to cover.</param>
    /// <param name="maximum">The largest value to cover.</param>
    /// <param name="target">Approximate number of steps.</param>
    /// <param name="whole">Whole steps only, for epochs and counts.</param>
    internal static Ticks Over(double minimum, double maximum, int target = 5, bool whole = false)
    {
        if (!double.IsFinite(minimum) || !double.IsFinite(maximum)) (minimum, maximum) = (0, 1);
        if (minimum > maximum) (minimum, maximum) = (maximum, minimum);
        (minimum, maximum) = (Bounded(minimum), Bounded(maximum));
        // In a narrower range, neighbouring ticks would round to the same number.
        double least = Math.Max(Math.Max(Math.Abs(minimum), Math.Abs(maximum)) * 1e-9, 1e-300);
        if (maximum - minimum < least)
        {
            double half = minimum == 0 && maximum == 0 ? 0.5 : Math.Max(Math.Abs(minimum) * 0.05, least);
            if (whole) half = Math.Max(half, 1);
            (minimum, maximum) = (minimum - half, maximum + half);
        }
        double step = NiceStep((maximum - minimum) / target, whole);
        return new Ticks(step, Below(minimum, step), -Below(-maximum, step));
    }

    /// <summary>Limits a value so that widths and steps do not overflow.</summary>
    internal static double Bounded(double value) => Math.Clamp(value, -Largest, Largest);

    private static double NiceStep(double rough, bool whole)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double[] steps = [1, 2, 2.5, 5, 10];
        double step = steps.Select(factor => factor * power).FirstOrDefault(size => size >= rough * (1 - 1e-9), 10 * power);
        return !whole ? step : step <= 1 ? 1 : step < 2.6 && step > 2 ? 5 : Math.Ceiling(step);
    }

    /// <summary>
    /// The last multiple at or below a value, counted in steps. The division may be off by a rounding error, so the products are compared.
    /// </summary>
    private static long Below(double value, double step)
    {
        long place = (long)Math.Floor(value / step);
        if ((place + 1) * step <= value) place++;
        if (place * step > value) place--;
        return place;
    }
}
