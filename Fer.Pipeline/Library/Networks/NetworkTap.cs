using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Where a classifier's features are taken: the input of its last layer with weights, which distinguishes the original classes. The layers
/// around that one (dropout before it, calibration and softmax after it) belong to the old head too.
/// </summary>
/// <param name="Features">The node whose output is the features.</param>
/// <param name="Head">The linear layer that read them, or null if the network has none.</param>
internal sealed record NetworkTap(int Features, Linear? Head)
{
    /// <summary>
    /// Walks back from the output. A network that ends in a sum, a concatenation or a normalisation has no head: its output is the
    /// features. The head may also be a 1x1 convolution, as in SqueezeNet; its features are averaged over the map.
    /// </summary>
    internal static NetworkTap Find(Network network)
    {
        int last = network.Outputs[0].Node;
        for (int at = last; at >= 0; at = network.Nodes[at].Inputs[0])
        {
            var node = network.Nodes[at];
            if (node.Operation is Linear linear) return new NetworkTap(WithoutDropout(network, node.Inputs[0]), linear);
            if (node.Operation is Convolution { Window: { KernelHeight: 1, KernelWidth: 1 } })
                return new NetworkTap(WithoutDropout(network, node.Inputs[0]), null);
            // An added or multiplied constant, such as a bias outside its layer, is allowed on the way; two streams that meet are not.
            if (node.Inputs.Skip(1).Any(i => i < 0 || network.Nodes[i].Operation is not Constant)
                || node.Operation is BatchNormalization or Convolution or Constant) break;
        }
        return new NetworkTap(last, null);
    }

    /// <summary>A network from the pixels to the feature vector; shares nothing with <paramref name="network"/>.</summary>
    internal Network Cut(Network network)
    {
        var builder = new NetworkBuilder(network.Architecture, network.Input);
        Append(builder, builder.Input, network);
        var cut = builder.Build();
        NetworkCopy.CopyParameters(network, cut, partly: true);
        return cut;
    }

    /// <summary>
    /// Adds the layers up to the features after <paramref name="input"/>, followed by an average over the map if the features are one.
    /// </summary>
    internal Layer Append(NetworkBuilder builder, Layer input, Network network)
    {
        if (Features < 0)
            throw new FerException(
                $"The network {network.Architecture} has no layers before its last one, so there are no features to use.");
        var layer = NetworkCopy.Append(builder, input, network, last: Features);
        return layer.Shape.Area == 1 ? layer : builder.Add(new GlobalAveragePool(), builder.FreeName("features"), layer);
    }

    private static int WithoutDropout(Network network, int node)
    {
        while (node >= 0 && network.Nodes[node].Operation is Dropout) node = network.Nodes[node].Inputs[0];
        return node;
    }
}
