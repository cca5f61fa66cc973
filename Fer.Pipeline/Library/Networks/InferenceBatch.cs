namespace Fer.Pipeline.Networks;

/// <summary>Chooses the batch size for inference, so that networks on large images do not use more memory than a batch is worth.</summary>
internal static class InferenceBatch
{
    /// <summary>Approximate limit on the buffers of a pass.</summary>
    private const long PassBytes = 256L << 20;

    /// <summary>The largest batch size, 1 … <paramref name="most"/>, whose buffers stay within the limit.</summary>
    internal static int For(Network network, int most)
    {
        // A layer's input and output are in memory together, plus a third buffer where branches split and merge; more where many
        // branches wait for each other.
        long values = Math.Max(3 * network.Nodes.Max(n => (long)n.Shape.Length), MostAlive(network));
        return (int)Math.Clamp(PassBytes / (sizeof(float) * values), 1, Math.Max(1, most));
    }

    /// <summary>Values of one example that are still to be read when a layer's output is added to them, at most.</summary>
    private static long MostAlive(Network network)
    {
        var lastUse = new int[network.Nodes.Count];
        foreach (var node in network.Nodes)
            foreach (int input in node.Inputs)
                if (input >= 0) lastUse[input] = node.Index;
        foreach (var output in network.Outputs) lastUse[output.Node] = int.MaxValue;
        var ending = new long[network.Nodes.Count];
        long alive = network.Inputs.Sum(input => (long)input.Shape.Length), most = alive;
        foreach (var node in network.Nodes)
        {
            most = Math.Max(most, alive += node.Shape.Length);
            int last = Math.Max(lastUse[node.Index], node.Index);
            if (last < ending.Length) ending[last] += node.Shape.Length;
            alive -= ending[node.Index];
        }
        return most;
    }
}
