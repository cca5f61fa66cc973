namespace Fer.Pipeline.Tensors;

/// <summary>Zeroes each value with probability <see cref="Rate"/> in training and scales the rest by 1 / (1 - rate); the identity in inference.</summary>
public sealed class Dropout : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerUsageException"><paramref name="rate"/> is not in [0, 1).</exception>
    public Dropout(float rate)
    {
        if (!(rate >= 0 && rate < 1)) throw new FerUsageException($"A dropout rate is at least 0 and below 1, not {rate}.");
        Rate = rate;
    }

    /// <summary>Probability of zeroing a value.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override string Kind => "dropout";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];
}
