using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>One operation of a network and its inputs.</summary>
/// <param name="Index">Its index in <see cref="Network.Nodes"/>.</param>
/// <param name="Name">Unique within the network, for instance <c>conv1</c>.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Inputs">Indices of its input nodes; -1 is the network's first input, -2 the second and so on.</param>
/// <param name="Shape">Shape of its output for one example.</param>
public sealed record Node(int Index, string Name, Operation Operation, IReadOnlyList<int> Inputs, Shape Shape)
{
    /// <summary>Examples that it works on for each example of the network's input; more than one behind a <see cref="Stack"/>.</summary>
    internal int Copies { get; init; } = 1;
}

/// <summary>An input of a network.</summary>
/// <param name="Name">Unique among the network's inputs.</param>
/// <param name="Shape">Shape of one example.</param>
public sealed record NetworkInput(string Name, Shape Shape);

/// <summary>An output of a network.</summary>
/// <param name="Name">Unique among the network's outputs.</param>
/// <param name="Node">Index of the node that computes it.</param>
/// <param name="Shape">Shape of one example.</param>
public sealed record NetworkOutput(string Name, int Node, Shape Shape);

/// <summary>
/// A graph of layers with its parameters. Nodes are in topological order: inputs come before their use. Most networks have one input and
/// one output, the last node. Built by <see cref="NetworkBuilder"/>; run by <see cref="NetworkExecutor"/>.
/// </summary>
public sealed class Network
{
    internal Network(string architecture, IReadOnlyList<NetworkInput> inputs, IReadOnlyList<Node> nodes,
        IReadOnlyList<NetworkOutput> outputs)
    {
        Architecture = architecture;
        Inputs = inputs;
        Nodes = nodes;
        Outputs = outputs;
        // A layer used in several places has its parameters only once, under the name of its first use.
        Parameters = new ParameterSet(
            nodes.SelectMany(n => n.Operation.Parameters.Select(p => ($"{n.Name}.{p.Name}", p.Parameter))).DistinctBy(p => p.Parameter));
    }

    private Network(Network original, IReadOnlyList<NetworkInput> inputs, IReadOnlyList<Node> nodes, IReadOnlyList<NetworkOutput> outputs)
    {
        Architecture = original.Architecture;
        Inputs = inputs;
        Nodes = nodes;
        Outputs = outputs;
        Parameters = original.Parameters;
    }

    /// <summary>The architecture's name, for instance <c>FerNet</c>.</summary>
    public string Architecture { get; }

    /// <summary>The network's inputs.</summary>
    public IReadOnlyList<NetworkInput> Inputs { get; }

    /// <summary>The network's outputs; only a network with one output can be trained.</summary>
    public IReadOnlyList<NetworkOutput> Outputs { get; }

    /// <summary>Shape of one example of the first input.</summary>
    public Shape Input => Inputs.Count > 0 ? Inputs[0].Shape : default;

    /// <summary>Shape of one example of the first output: (classes, 1, 1) for a classifier.</summary>
    public Shape Output => Outputs[0].Shape;

    /// <summary>The operations in execution order.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>True if a layer with parameters is used in several places, which is supported only in inference.</summary>
    public bool SharesWeights => Nodes.Where(n => n.Operation.Parameters.Count > 0).GroupBy(n => n.Operation).Any(g => g.Count() > 1);

    /// <summary>All parameters.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>Shapes of a node's inputs.</summary>
    public Shape[] InputShapes(Node node) => [.. node.Inputs.Select(i => i < 0 ? Inputs[-1 - i].Shape : Nodes[i].Shape)];

    /// <summary>Multiply-accumulate operations in one example's forward pass.</summary>
    public long MultiplyAccumulates => Nodes.Sum(n => n.Operation.MultiplyAccumulates(InputShapes(n)));

    /// <summary>The same layers with the very same parameters, for an input of another size; training one trains both.</summary>
    /// <exception cref="FerException">A layer fits only one input size, such as a fully connected layer over pixels.</exception>
    internal Network AtInput(Shape input)
    {
        if (input == Input) return this;
        var nodes = new List<Node>(Nodes.Count);
        foreach (var node in Nodes)
            nodes.Add(node with { Shape = node.Operation.OutputShape([.. node.Inputs.Select(i => i < 0 ? input : nodes[i].Shape)]) });
        if (nodes[^1].Shape != Output)
            throw new FerException($"{Architecture} gives {nodes[^1].Shape}, not {Output}, for an input of {input}.");
        return new Network(this, [Inputs[0] with { Shape = input }], nodes, Outputs);
    }

    /// <summary>Another graph over the very same parameters and inputs.</summary>
    internal Network WithNodes(IReadOnlyList<Node> nodes, IReadOnlyList<NetworkOutput> outputs) => new(this, Inputs, nodes, outputs);

    /// <summary>Initialises all parameters, weights by their <see cref="Initializer"/>; the same seed gives the same weights.</summary>
    public void Initialize(long seed) => Initialization.Initialize(Parameters, seed);
}
