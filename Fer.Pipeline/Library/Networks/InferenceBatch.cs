
namespace Fer.Pipeline.Networks;

/// <summary>Chooses the batch size for inference, so that networks on large images do not use more memory than a batch is worth.</summary>
internal static class InferenceBatch
{
    /// <summary>Approximate limit on the buffers of a pass.</summary>
    private const long PassBytes = 256L << 20;

    /// <summary>The largest batch size, 1 … <paramref name="most"/>, whose buffers stay within the limit.</summary>
    internal static int For(Network network, int most)
    {
        // A layer's input and output are in memory together, plus a third buffer where branches split and merge.
        long bytes = 3L * sizeof(float) * network.Nodes.Max(n => (long)n.Shape.Length);
        return (int)Math.Clamp(PassBytes / bytes, 1, Math.Max(1, most));
    }
}
