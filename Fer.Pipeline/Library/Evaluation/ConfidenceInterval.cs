namespace Fer.Pipeline.Evaluation;

/// <summary>A two-sided 95 % confidence interval.</summary>
public readonly record struct ConfidenceInterval(double Lower, double Upper)
{
    /// <summary>The 0.975 quantile of the standard normal distribution.</summary>
    internal const double Z = 1.959963984540054;

    /// <summary>
    /// The score interval of a proportion (Wilson, J. Am. Stat. Assoc. 22, 1927): it stays inside [0, 1] and does not collapse at 0 or 1.
    /// It is [0, 1] if nothing was counted.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="successes"/> is not in 0 … <paramref name="count"/>.</exception>
    public static ConfidenceInterval Wilson(long successes, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        if (count == 0) return new(0, 1);
        double n = count, p = successes / n, z2 = Z * Z;
        double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        double half = Z / (1 + z2 / n) * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        // The bounds are exactly 0 and 1 at the ends; rounding must not push them past.
        return new(successes == 0 ? 0 : Math.Max(0, centre - half), successes == count ? 1 : Math.Min(1, centre + half));
    }

    /// <summary>The normal interval of a mean from its sum and sum of squares. With at most one value, both bounds are the mean.</summary>
    internal static ConfidenceInterval OfMean(double sum, double sumOfSquares, long count)
    {
        if (count == 0) return new(0, 0);
        double mean = sum / count;
        double variance = count > 1 ? Math.Max(0, (sumOfSquares - sum * mean) / (count - 1)) : 0;
        double half = Z * Math.Sqrt(variance / count);
        return new(mean - half, mean + half);
    }
}
