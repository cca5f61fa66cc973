namespace Fer.Pipeline.Engine;

/// <summary>
/// Cross-entropy of softmax(logits) against a probability a class, with label smoothing (Szegedy et al., arXiv 1512.00567), as PyTorch's
/// <c>cross_entropy</c> with probabilities. Targets may be soft: FER+ votes and mixup give such.
/// </summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>Mean loss over the batch and, where asked for, its gradient by the logits.</summary>
    /// <param name="logits">[count, classes], and more after them if the buffer is larger.</param>
    /// <param name="targets">[count, classes]: probabilities that sum to 1 for each example.</param>
    /// <param name="count">Examples, at least 1.</param>
    /// <param name="classes">Classes, at least 1.</param>
    /// <param name="labelSmoothing">Share of each target that is spread evenly over all classes, 0 … 1.</param>
    /// <param name="gradient">[count, classes] for (softmax - target) / count, or empty where no gradient is wanted.</param>
    /// <returns>The loss in nats; NaN or infinite logits give a loss that is not finite.</returns>
    /// <exception cref="ArgumentException">A span is too short for the counts.</exception>
    public static float Loss(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, int count, int classes, float labelSmoothing, Span<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        long length = (long)count * classes;
        if (logits.Length < length || targets.Length < length || (gradient.Length < length && !gradient.IsEmpty))
            throw new ArgumentException($"{count} x {classes} values do not fit {logits.Length} logits, {targets.Length} targets and {gradient.Length} gradients.");
        float keep = 1f - labelSmoothing, spread = labelSmoothing / classes, share = 1f / count;
        double total = 0;
        for (int i = 0; i < count; i++)
        {
            var row = logits.Slice(i * classes, classes);
            var target = targets.Slice(i * classes, classes);

            // The greatest logit is taken off first: every exponential is then at most 1 and their sum at least 1.
            float greatest = row[0];
            foreach (float logit in row) greatest = MathF.Max(greatest, logit);
            double sum = 0;
            foreach (float logit in row) sum += Math.Exp(logit - greatest);
            double logSum = Math.Log(sum), loss = 0;
            for (int c = 0; c < classes; c++)
            {
                float wanted = keep * target[c] + spread;
                // A class that is not wanted costs nothing, even where its logit is minus infinity.
                if (wanted != 0) loss -= wanted * (row[c] - greatest - logSum);
            }
            total += loss;
            if (gradient.IsEmpty) continue;
            var slope = gradient.Slice(i * classes, classes);
            for (int c = 0; c < classes; c++)
                slope[c] = ((float)(Math.Exp(row[c] - greatest) / sum) - (keep * target[c] + spread)) * share;
        }
        return (float)(total / count);
    }
}
