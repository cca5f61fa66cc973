namespace Fer.Pipeline.Tensors;

/// <summary>Probabilities over the channels of each place; the greatest logit is taken off first, so that no exponential overflows.</summary>
public sealed class Softmax : Operation
{
    /// <inheritdoc/>
    public override string Kind => "softmax";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];
}
