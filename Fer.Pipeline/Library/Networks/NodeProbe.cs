namespace Fer.Pipeline.Networks;

/// <summary>
/// What passed through one node in an executor's last passes. Buffers are shared and used again, so both are copied while they hold what
/// is asked for: the values right after the node ran, the gradient once all its consumers added theirs.
/// </summary>
internal sealed class NodeProbe(int node)
{
    /// <summary>The node's place in <see cref="Network.Nodes"/>.</summary>
    internal int Node => node;

    /// <summary>[count, height, width, channels].</summary>
    internal float[] Values { get; private set; } = [];

    /// <summary>[count, height, width, channels]: of what the executor's output gradient stands for.</summary>
    internal float[] Gradient { get; private set; } = [];

    internal void TakeValues(ReadOnlySpan<float> values) => Values = values.ToArray();

    internal void TakeGradient(ReadOnlySpan<float> gradient) => Gradient = gradient.ToArray();
}
