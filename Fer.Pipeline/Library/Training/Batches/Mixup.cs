namespace Fer.Pipeline.Training;

/// <summary>
/// Mixup (Zhang et al., arXiv 1710.09412): each example becomes lambda times itself plus 1 - lambda times another, for pixels and targets
/// alike, with one lambda per batch drawn from Beta(alpha, alpha). The other example is the one at the same position from the end of the
/// batch, which is a random one in a shuffled batch.
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

    /// <summary>Beta(alpha, alpha), as one gamma variable's share of the sum of two.</summary>
    internal static double SampleBeta(double alpha, ref RandomStream random)
    {
        double x = SampleGamma(alpha, ref random), y = SampleGamma(alpha, ref random);
        // Both underflow to 0 in double precision if alpha is tiny: the distribution is then a fair coin.
        return x + y > 0 ? x / (x + y) : random.NextBoolean(0.5) ? 1 : 0;
    }

    private static void Mix(Span<float> a, Span<float> b, float lambda)
    {
        for (int k = 0; k < a.Length; k++)
            (a[k], b[k]) = (b[k] + (a[k] - b[k]) * lambda, a[k] + (b[k] - a[k]) * lambda);
    }

    /// <summary>Gamma(shape, 1) by Marsaglia and Tsang (2000); shapes below 1 by way of shape + 1.</summary>
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
