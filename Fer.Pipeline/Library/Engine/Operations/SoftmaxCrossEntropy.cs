namespace Fer.Pipeline.Engine;

/// <summary>
/// Cross-entropy of softmax(logits) against class probabilities, with label smoothing (Szegedy et al., arXiv 1512.00567), the same as
/// PyTorch's <c>cross_entropy</c> with probabilities. Targets may be soft, as FER+ votes and mixup produce them.
/// </summary>
internal static class SoftmaxCrossEntropy
{
    /// <summary>Mean loss over the batch and, if requested, its gradient with respect to the logits.</summary>
    /// <param name="logits">[count, classes]; the buffer may be larger.</param>
    /// <param name="targets">[count, classes]: probabilities that sum to 1 for each example.</param>
    /// <param name="count">Number of examples, at least 1.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <param name="labelSmoothing">Fraction of each target that is spread evenly over all classes, 0 … 1.</param>
    /// <param name="gradient">Receives (softmax - target) / count, [count, classes]; empty if no gradient is needed.</param>
    /// <returns>The loss in nats; NaN or infinite logits give a loss that is not finite.</returns>
    /// <exception cref="ArgumentException">A span is too short for the counts.</exception>
    public static float Loss(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, int count, int classes, float labelSmoothing, Span<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        long length = (long)count * classes;
        if (logits.Length < length || targets.Length < length || (gradient.Length < length && !gradient.IsEmpty))
            throw new ArgumentException($"{count} x {classes} values do not fit {logits.Length} logits, {targets.Length} targets and " +
                $"{gradient.Length} gradients.");
        float keep = 1f - labelSmoothing, spread = labelSmoothing / classes, share = 1f / count;
        double total = 0;
        for (int i = 0; i < count; i++)
        {
            var row = logits.Slice(i * classes, classes);
            var target = targets.Slice(i * classes, classes);

            // The largest logit is subtracted first: every exponential is then at most 1 and their sum at least 1.
            float greatest = row[0];
            foreach (float logit in row) greatest = MathF.Max(greatest, logit);
            double sum = 0;
            foreach (float logit in row) sum += Math.Exp(logit - greatest);
            double logSum = Math.Log(sum), loss = 0;
            for (int c = 0; c < classes; c++)
            {
                float wanted = keep * target[c] + spread;
                // A class with target 0 adds no loss, even if its logit is minus infinity.
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
