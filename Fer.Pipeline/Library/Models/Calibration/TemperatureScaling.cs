using System.Globalization;
namespace Fer.Pipeline.Models;

/// <summary>
/// Calibration by one number: logits are divided by a temperature T before the softmax (Guo et al., arXiv 1706.04599, section 4.2).
/// The order of the classes, and so the accuracy, stays as it was. T above 1 makes the answers less sure, below 1 surer.
/// </summary>
internal static class TemperatureScaling
{
    /// <summary>The least temperature given; a set without mistakes would drive it to 0.</summary>
    public const double Minimum = 0.05;

    /// <summary>The greatest temperature given; a set answered worse than by chance would drive it to infinity.</summary>
    public const double Maximum = 20;

    private const float SmallestProbability = 1e-30f;

    /// <summary>
    /// Fits T on held-out logits by minimising the log loss. The loss is convex in 1/T, so its slope has one root: Newton's step, and
    /// halving the bracket where the step would leave it. No rows give 1.
    /// </summary>
    /// <param name="logits">[count, classes], row-major.</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>T between <see cref="Minimum"/> and <see cref="Maximum"/>; its loss is never above that of T = 1.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="FerException">A logit is not finite, or a label is not a class.</exception>
    public static double Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes)
    {
        ClassProbabilities.CheckShape(logits.Length, labels, classes);
        for (int i = 0; i < logits.Length; i++)
            if (!float.IsFinite(logits[i]))
                throw new FerException(
                    string.Create(CultureInfo.InvariantCulture,
                        $"Row {i / classes}: the logit of class {i % classes} is {logits[i]}. " +
                        $"The network has diverged; train with a lower learning rate or gradient clipping."));
        if (labels.Length == 0) return 1;

        double low = 1 / Maximum, high = 1 / Minimum, beta = 1;
        if (Loss(logits, labels, classes, low).Slope >= 0) beta = low;
        else if (Loss(logits, labels, classes, high).Slope <= 0) beta = high;
        else
        {
            for (int step = 0; step < 100; step++)
            {
                var (_, slope, curvature) = Loss(logits, labels, classes, beta);
                if (slope > 0) high = beta; else low = beta;
                double next = beta - slope / curvature;
                if (!(next > low && next < high)) next = (low + high) / 2;
                double moved = Math.Abs(next - beta);
                beta = next;
                if (moved <= 1e-12 * beta) break;
            }
        }
        // Rounding alone can make the answer worse than leaving the logits alone.
        return Loss(logits, labels, classes, beta).Value <= Loss(logits, labels, classes, 1).Value ? 1 / beta : 1;
    }

    /// <summary>Fits T where only probabilities are at hand: their logarithms are logits. Values below 1e-30 count as that.</summary>
    /// <param name="probabilities">[count, classes], each row summing to 1.</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="classNames">Class names, for messages.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="FerException">A value is no probability, a row does not sum to 1, or a label is not a class.</exception>
    public static double FitProbabilities(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, IReadOnlyList<string> classNames)
    {
        int classes = classNames.Count;
        ClassProbabilities.CheckShape(probabilities.Length, labels, classes);
        float[] logits = new float[probabilities.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            ClassProbabilities.CheckedSum(row, i, classNames);
            for (int k = 0; k < classes; k++) logits[i * classes + k] = MathF.Log(MathF.Max(row[k], SmallestProbability));
        }
        return Fit(logits, labels, classes);
    }

    /// <summary>Rescales probabilities [count, classes] in place: p^(1/T), divided by the row's sum.</summary>
    /// <exception cref="ArgumentException">The values are not whole rows, or the temperature is not positive and finite.</exception>
    public static void Apply(Span<float> probabilities, int classes, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (!(temperature > 0) || double.IsPositiveInfinity(temperature))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A positive, finite temperature is needed.");
        if (probabilities.Length % classes != 0) throw new ArgumentException("Whole rows are needed.", nameof(probabilities));
        double beta = 1 / temperature;
        for (int start = 0; start < probabilities.Length; start += classes)
        {
            var row = probabilities.Slice(start, classes);
            // The greatest becomes 1 first, so that no power underflows all classes at once.
            double greatest = 0, sum = 0;
            foreach (float p in row) greatest = Math.Max(greatest, p);
            foreach (float p in row) sum += Math.Pow(p / greatest, beta);
            for (int k = 0; k < classes; k++) row[k] = (float)(Math.Pow(row[k] / greatest, beta) / sum);
        }
    }

    /// <summary>The mean log loss at 1/T = beta with its first and second derivative: E[z] - z_true and Var[z] under the softmax.</summary>
    internal static (double Value, double Slope, double Curvature) Loss(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, double beta)
    {
        double value = 0, slope = 0, curvature = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var row = logits.Slice(i * classes, classes);
            double greatest = row[0];
            foreach (float z in row) greatest = Math.Max(greatest, z);
            double sum = 0, first = 0, second = 0;
            foreach (float z in row)
            {
                double shifted = z - greatest;
                double weight = Math.Exp(beta * shifted);
                sum += weight;
                first += weight * shifted;
                second += weight * shifted * shifted;
            }
            double mean = first / sum;
            double own = row[labels[i]] - greatest;
            value += Math.Log(sum) - beta * own;
            slope += mean - own;
            curvature += second / sum - mean * mean;
        }
        return (value / labels.Length, slope / labels.Length, curvature / labels.Length);
    }
}
