namespace Fer.Pipeline.Networks;

/// <summary>
/// Captures the values and gradient of one node in an executor's last passes. Buffers are shared and reused, so both are copied while they
/// are valid: the values right after the node ran, the gradient once all its consumers have added theirs.
/// </summary>
internal sealed class NodeProbe(int node)
{
    /// <summary>The node's index in <see cref="Network.Nodes"/>.</summary>
    internal int Node => node;

    /// <summary>[count, height, width, channels].</summary>
    internal float[] Values { get; private set; } = [];

    /// <summary>[count, height, width, channels]: gradient of the quantity whose output gradient the executor was given.</summary>
    internal float[] Gradient { get; private set; } = [];

    internal void TakeValues(ReadOnlySpan<float> values) => Values = values.ToArray();

    internal void TakeGradient(ReadOnlySpan<float> gradient) => Gradient = gradient.ToArray();
}
