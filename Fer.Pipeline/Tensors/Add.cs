namespace Fer.Pipeline.Tensors;

/// <summary>Element-wise sum of two inputs of the same shape.</summary>
public sealed class Add : Operation
{
    /// <inheritdoc/>
    public override string Kind => "add";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0] == inputs[1] ? inputs[0] : throw new FerException($"Cannot add {inputs[0]} and {inputs[1]}.");
}
