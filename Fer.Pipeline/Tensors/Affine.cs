namespace Fer.Pipeline.Tensors;

/// <summary>The constant map (x - <see cref="Mean"/>) * <see cref="Scale"/>, not trained: the pixel normalisation in front of a network, the temperature behind it.</summary>
public sealed class Affine(float mean, float scale) : Operation
{
    /// <summary>Taken off each value first.</summary>
    public float Mean { get; } = mean;

    /// <summary>What the difference is multiplied by.</summary>
    public float Scale { get; } = scale;

    /// <inheritdoc/>
    public override string Kind => "affine";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];
}
