namespace Fer.Pipeline.Tensors;

/// <summary>Rectified linear unit: max(x, 0); NaN stays NaN.</summary>
public sealed class Relu : Operation
{
    /// <inheritdoc/>
    public override string Kind => "relu";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];
}
