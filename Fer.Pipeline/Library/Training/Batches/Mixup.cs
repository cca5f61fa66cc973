namespace Fer.Pipeline.Training;

/// <summary>
/// Mixup (Zhang et al., arXiv 1710.09412): each example becomes lambda of itself and 1 - lambda of another, pixels and targets alike,
/// with one lambda a batch drawn from Beta(alpha, alpha). The other is the one at the same place from the batch's end; a shuffled batch
/// makes that a random one.
/// </summary>
internal static class Mixup
{
    internal static void Apply(FaceBatch batch, double alpha, ref RandomStream random)
    {
        float lambda = (float)SampleBeta(alpha, ref random);
        for (int i = 0, j = batch.Count - 1; i < j; i++, j--)
        {
            Mix(batch.Face(i), batch.Face(j), lambda);
            Mix(batch.Target(i), batch.Target(j), lambda);
        }
    }

    /// <summary>Beta(alpha, alpha) as the share of one of two gamma variables.</summary>
    internal static double SampleBeta(double alpha, ref RandomStream random)
    {
        double x = SampleGamma(alpha, ref random), y = SampleGamma(alpha, ref random);
        // Both vanish in double precision where alpha is tiny: the distribution is then a fair coin.
        return x + y > 0 ? x / (x + y) : random.NextBoolean(0.5) ? 1 : 0;
    }

    private static void Mix(Span<float> a, Span<float> b, float lambda)
    {
        for (int k = 0; k < a.Length; k++)
            (a[k], b[k]) = (b[k] + (a[k] - b[k]) * lambda, a[k] + (b[k] - a[k]) * lambda);
    }

    /// <summary>Gamma(shape, 1) by Marsaglia and Tsang (2000); shapes below 1 through shape + 1.</summary>
    private static double SampleGamma(double shape, ref RandomStream random)
    {
        if (shape < 1) return SampleGamma(shape + 1, ref random) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextGaussian(), v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v;
        }
    }
}
