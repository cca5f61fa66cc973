namespace Fer.Pipeline.Tensors;

/// <summary>Mean over height and width: [batch, channels, height, width] to [batch, channels].</summary>
public sealed class GlobalAveragePool : Operation
{
    /// <inheritdoc/>
    public override string Kind => "gap";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Channels);
}
