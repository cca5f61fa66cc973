using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Where a classifier's features come out: in front of its last layer with weights, which tells its own classes apart. What stands around that
/// layer (dropout before it, calibration and softmax behind it) belongs to the old head too.
/// </summary>
/// <param name="Features">The node whose output are the features.</param>
/// <param name="Head">The linear layer that read them, or null where the network has none.</param>
internal sealed record NetworkTap(int Features, Linear? Head)
{
    /// <summary>
    /// Walks back from the output. A network that ends in a sum, a join or a normalisation has no head: its output are the features. A
    /// 1x1 convolution may be the head as well, as in SqueezeNet; its features are averaged over the map.
    /// </summary>
    internal static NetworkTap Find(Network network)
    {
        int last = network.Outputs[0].Node;
        for (int at = last; at >= 0; at = network.Nodes[at].Inputs[0])
        {
            var node = network.Nodes[at];
            if (node.Operation is Linear linear) return new NetworkTap(WithoutDropout(network, node.Inputs[0]), linear);
            if (node.Operation is Convolution { Window: { KernelHeight: 1, KernelWidth: 1 } }) return new NetworkTap(WithoutDropout(network, node.Inputs[0]), null);
            // A table added or multiplied, as a bias that is no part of its layer, may stand on the way; two streams that meet may not.
            if (node.Inputs.Skip(1).Any(i => i < 0 || network.Nodes[i].Operation is not Constant) || node.Operation is BatchNormalization or Convolution or Constant) break;
        }
        return new NetworkTap(last, null);
    }

    /// <summary>A network from the pixels to the features, a vector; shares nothing with <paramref name="network"/>.</summary>
    internal Network Cut(Network network)
    {
        var builder = new NetworkBuilder(network.Architecture, network.Input);
        Append(builder, builder.Input, network);
        var cut = builder.Build();
        NetworkCopy.CopyParameters(network, cut, partly: true);
        return cut;
    }

    /// <summary>Adds the layers up to the features, and an average over the map where they are one, behind <paramref name="input"/>.</summary>
    internal Layer Append(NetworkBuilder builder, Layer input, Network network)
    {
        if (Features < 0) throw new FerException($"The network {network.Architecture} has nothing in front of its last layer; there are no features to use.");
        var layer = NetworkCopy.Append(builder, input, network, last: Features);
        return layer.Shape.Area == 1 ? layer : builder.Add(new GlobalAveragePool(), builder.FreeName("features"), layer);
    }

    private static int WithoutDropout(Network network, int node)
    {
        while (node >= 0 && network.Nodes[node].Operation is Dropout) node = network.Nodes[node].Inputs[0];
        return node;
    }
}
