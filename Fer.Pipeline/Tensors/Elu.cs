namespace Fer.Pipeline.Tensors;

/// <summary>Exponential linear unit: x where positive, otherwise alpha * (exp(x) - 1) (Clevert et al., arXiv 1511.07289).</summary>
public sealed class Elu(float alpha = 1f) : Operation
{
    /// <summary>Height of the negative saturation.</summary>
    public float Alpha { get; } = alpha;

    /// <inheritdoc/>
    public override string Kind => "elu";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];
}
