namespace Fer.Pipeline.Tensors;

/// <summary>Mean over a sliding window.</summary>
public sealed class AveragePool(Window window, bool countPadding = false) : Operation
{
    /// <summary>Kernel, stride and padding.</summary>
    public Window Window { get; } = window;

    /// <summary>True to divide by the whole kernel at the borders too (PyTorch's default), false by the pixels inside (ONNX's default).</summary>
    public bool CountPadding { get; } = countPadding;

    /// <inheritdoc/>
    public override string Kind => "avgpool";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Window.Output(inputs[0], inputs[0].Channels);
}
