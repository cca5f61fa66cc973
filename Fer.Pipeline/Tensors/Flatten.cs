namespace Fer.Pipeline.Tensors;

/// <summary>Joins channels, height and width into one axis in that order, as PyTorch's and ONNX's <c>Flatten</c>: [batch, channels * height * width].</summary>
public sealed class Flatten : Operation
{
    /// <inheritdoc/>
    public override string Kind => "flatten";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Length);
}
