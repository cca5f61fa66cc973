namespace Fer.Pipeline.Evaluation;

/// <summary>
/// The percentile bootstrap (Efron and Tibshirani 1993, chapter 13): 1,000 seeded resamples of the rows, drawn with replacement.
/// </summary>
internal static class Bootstrap
{
    internal const int Resamples = 1000;

    /// <summary>The 95 % interval of one statistic; [0, 1] without rows.</summary>
    internal static ConfidenceInterval Interval(int rows, Func<int[], double> figure) => Intervals(rows, draws => [figure(draws)])[0];

    /// <summary>The 95 % intervals of statistics computed from the same resamples; each is [0, 1] without rows.</summary>
    /// <param name="rows">Rows to draw from.</param>
    /// <param name="figures">Takes the rows drawn, in an array that is reused, and returns the statistics.</param>
    internal static ConfidenceInterval[] Intervals(int rows, Func<int[], double[]> figures)
    {
        if (rows == 0) return [.. figures([]).Select(_ => new ConfidenceInterval(0, 1))];
        var draws = new int[rows];
        var all = new double[Resamples][];
        for (int resample = 0; resample < Resamples; resample++)
        {
            var random = new RandomStream(seed: 0, resample);
            for (int draw = 0; draw < rows; draw++) draws[draw] = random.NextInt32(rows);
            all[resample] = figures(draws);
        }
        return [.. Enumerable.Range(0, all[0].Length).Select(k =>
        {
            double[] sorted = [.. all.Select(one => one[k]).Order()];
            return new ConfidenceInterval(Percentile(sorted, 0.025), Percentile(sorted, 0.975));
        })];
    }

    /// <summary>Linear interpolation between neighbours, as in numpy.</summary>
    internal static double Percentile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
