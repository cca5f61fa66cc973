namespace Fer.Pipeline.Tensors;

/// <summary>Maximum over a sliding window; padding never wins. The gradient goes to the first maximum of the window.</summary>
public sealed class MaxPool(Window window) : Operation
{
    /// <summary>Kernel, stride and padding.</summary>
    public Window Window { get; } = window;

    /// <inheritdoc/>
    public override string Kind => "maxpool";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Window.Output(inputs[0], inputs[0].Channels);
}
