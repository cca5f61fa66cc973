using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Copies networks. An operation's parameters belong to one network, so a copy has its own operations.</summary>
internal static class NetworkCopy
{
    /// <summary>A network with the same layers, names and parameter values that shares nothing with <paramref name="network"/>.</summary>
    public static Network Clone(Network network)
    {
        var builder = new NetworkBuilder(network.Architecture);
        Layer[] inputs = [.. network.Inputs.Select(input => builder.AddInput(input.Name, input.Shape))];
        var layers = Append(builder, inputs, network, inferenceOnly: false, naming: null, [],
            NeededFor(network, Enumerable.Range(0, network.Nodes.Count), null), first: null);
        var copy = builder.Build([.. network.Outputs.Select(output => (output.Name, layers[output.Node]))]);
        CopyParameters(network, copy);
        return copy;
    }

    /// <summary>
    /// Adds the layers of <paramref name="network"/> after <paramref name="input"/>, with their own names, and returns its first output.
    /// The new parameters are zero: <see cref="CopyParameters"/> fills them once the network is built.
    /// </summary>
    /// <param name="builder">The builder to add the layers to.</param>
    /// <param name="input">Replaces the network's input.</param>
    /// <param name="network">The network to copy.</param>
    /// <param name="inferenceOnly">True to leave out layers that only training needs: dropout.</param>
    /// <param name="last">The last node to copy, leaving out all nodes it does not depend on; null for the network's output.</param>
    /// <param name="first">A node to leave out and replace by <paramref name="input"/>; null for none.</param>
    /// <param name="naming">Renames a layer; null keeps its name.</param>
    /// <param name="copies">The copy of each operation: if it already contains one, that copy is used and weights are shared.</param>
    /// <exception cref="FerException">The shapes do not match.</exception>
    internal static Layer Append(
        NetworkBuilder builder, Layer input, Network network, bool inferenceOnly = false, Func<string, string>? naming = null,
        Dictionary<Operation, Operation>? copies = null,
        int? last = null, int? first = null)
    {
        int end = last ?? network.Outputs[0].Node;
        return Append(builder, [input], network, inferenceOnly, naming, copies ?? [], NeededFor(network, [end], first), first)[end];
    }

    private static Layer[] Append(
        NetworkBuilder builder, Layer[] input, Network network, bool inferenceOnly, Func<string, string>? naming,
        Dictionary<Operation, Operation> copies, bool[] needed, int? first)
    {
        var layers = new Layer[network.Nodes.Count];
        foreach (var node in network.Nodes)
        {
            if (!needed[node.Index]) continue;
            if (node.Index == first)
            {
                layers[node.Index] = input[0];
                continue;
            }
            Layer[] inputs = [.. node.Inputs.Select(i => i < 0 ? input[-1 - i] : layers[i])];
            if (inferenceOnly && node.Operation is Dropout)
            {
                layers[node.Index] = inputs[0];
                continue;
            }
            if (!copies.TryGetValue(node.Operation, out var copy)) copies[node.Operation] = copy = CopyFor(node, network, inputs);
            layers[node.Index] = builder.Add(copy, naming?.Invoke(node.Name) ?? node.Name, inputs);
        }
        return layers;
    }

    /// <summary>
    /// The copy for a map that may have another size than in the original network: average pooling over the whole map stays so, and so does
    /// padding that keeps the size.
    /// </summary>
    private static Operation CopyFor(Node node, Network network, Layer[] inputs)
    {
        if (node.Operation is not (Convolution or MaxPool or AveragePool)) return Copy(node.Operation);
        Shape from = network.InputShapes(node)[0], to = inputs[0].Shape;
        return from == to ? Copy(node.Operation) : node.Operation switch
        {
            Convolution c => Copy(c, c.Window.Over(from, to)),
            MaxPool p => new MaxPool(p.Window.Over(from, to)),
            AveragePool when node.Shape.Area == 1 => new GlobalAveragePool(),
            AveragePool p => new AveragePool(p.Window.Over(from, to), p.CountPadding),
            var other => Copy(other),
        };
    }

    private static Convolution Copy(Convolution c, Window window) =>
        new(c.InputChannels, c.OutputChannels, window, c.Groups, c.Bias is not null, c.Weight.Initializer);

    private static bool[] NeededFor(Network network, IEnumerable<int> last, int? first)
    {
        var needed = new bool[network.Nodes.Count];
        foreach (int node in last) needed[node] = true;
        for (int i = needed.Length - 1; i >= 0; i--)
            foreach (int input in network.Nodes[i].Inputs)
                if (needed[i] && i != first && input >= 0) needed[input] = true;
        return needed;
    }

    /// <summary>Copies every parameter of <paramref name="from"/> to the parameter with the same name in <paramref name="to"/>.</summary>
    /// <param name="from">Source network.</param>
    /// <param name="to">Target network.</param>
    /// <param name="prefix">Prefix of the names in the target network.</param>
    /// <param name="partly">True if <paramref name="to"/> may lack some of the parameters.</param>
    /// <exception cref="FerException">A parameter is missing in the target network, or has a different length.</exception>
    internal static void CopyParameters(Network from, Network to, string prefix = "", bool partly = false)
    {
        var targets = to.Parameters.ToDictionary(p => p.Name);
        foreach (var parameter in from.Parameters)
        {
            if (!targets.TryGetValue(prefix + parameter.Name, out var target) ? !partly
                : !target.Dimensions.SequenceEqual(parameter.Dimensions))
                throw new FerException(
                    $"Network {to.Architecture} has no parameter '{parameter.Name}' of shape [{string.Join(", ", parameter.Dimensions)}].");
            if (target is not null) parameter.Values.CopyTo(target.Values);
        }
    }

    /// <summary>A new operation of the same kind and settings, with parameters that belong to no network yet.</summary>
    /// <exception cref="FerException">The kind of operation is not supported.</exception>
    internal static Operation Copy(Operation operation) => operation switch
    {
        Convolution c => Copy(c, c.Window),
        BatchNormalization b => new BatchNormalization(b.Channels, b.Epsilon, b.Momentum),
        Linear l => new Linear(l.Inputs, l.Outputs, l.Bias is not null, l.Weight.Initializer),
        Relu => new Relu(),
        Elu e => new Elu(e.Alpha),
        MaxPool p => new MaxPool(p.Window),
        AveragePool p => new AveragePool(p.Window, p.CountPadding),
        GlobalAveragePool => new GlobalAveragePool(),
        Dropout d => new Dropout(d.Rate),
        Add => new Add(),
        Concat => new Concat(),
        Flatten => new Flatten(),
        Affine a => new Affine(a.Mean, a.Scale),
        Clip c => new Clip(c.Minimum, c.Maximum),
        LeakyRelu l => new LeakyRelu(l.Alpha),
        PRelu p => new PRelu(p.Channels),
        Sigmoid => new Sigmoid(),
        Tanh => new Tanh(),
        Elementary e => new Elementary(e.Function),
        LocalResponseNormalization l => new LocalResponseNormalization(l.Size, l.Alpha, l.Beta, l.Bias),
        Arithmetic a => new Arithmetic(a.Function),
        Constant c => new Constant(c.Shape),
        Reshape r => new Reshape(r.Shape),
        Rearrange r => new Rearrange(r.Shape, r.Axes, r.Fill),
        Reduce r => new Reduce(r.Function),
        MatMul => new MatMul(),
        Resize r => new Resize(r.Height, r.Width, r.Options),
        Lstm l => new Lstm(l.Inputs, l.Units, l.Reverse, l.Peepholes is not null),
        Gru g => new Gru(g.Inputs, g.Units, g.Reverse, g.ResetAfter),
        Mirror => new Mirror(),
        Crop c => new Crop(c.Top, c.Left, c.Height, c.Width),
        Softmax => new Softmax(),
        _ => throw new FerException($"An operation of kind '{operation.Kind}' cannot be copied."),
    };
}
