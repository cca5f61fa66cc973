
namespace Fer.Pipeline.Networks;

/// <summary>Chooses how many examples an inference pass takes, so that networks over large pictures do not take more memory than a batch is worth.</summary>
internal static class InferenceBatch
{
    /// <summary>About what the buffers of a pass may take.</summary>
    private const long PassBytes = 256L << 20;

    /// <summary>The largest batch of at most <paramref name="most"/> whose buffers stay within bounds, at least 1.</summary>
    internal static int For(Network network, int most)
    {
        // The input and output of a layer are in memory together, and a third where streams part and meet.
        long bytes = 3L * sizeof(float) * network.Nodes.Max(n => (long)n.Shape.Length);
        return (int)Math.Clamp(PassBytes / bytes, 1, Math.Max(1, most));
    }
}
