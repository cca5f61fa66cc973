using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Lets the same layers, applied to several pictures in one network, run once over all of them: the views of a face that a model averages
/// become one batch. A batch of one face and ten views then costs what a batch of ten costs, not ten batches of one.
/// </summary>
internal sealed class BranchStacking
{
    /// <summary>Examples in a stack from which on a batch gains nothing by being larger, and only leaves the cache.</summary>
    private const int MostExamples = 64;

    private readonly Network _network;
    private readonly List<int>[] _readers;

    /// <summary>For each node the group that it is in, or -1, and its place there.</summary>
    private readonly int[] _group, _lane;

    /// <summary>The nodes of each group, lane by lane; all groups of a stack have the same lanes.</summary>
    private readonly List<int[]> _groups = [];

    private BranchStacking(Network network)
    {
        _network = network;
        _readers = [.. network.Nodes.Select(_ => new List<int>())];
        foreach (var node in network.Nodes)
            foreach (int input in node.Inputs.Distinct())
                if (input >= 0) _readers[input].Add(node.Index);
        _group = [.. Enumerable.Repeat(-1, network.Nodes.Count)];
        _lane = new int[network.Nodes.Count];
    }

    /// <summary>
    /// The network for inference with batches of up to <paramref name="batchSize"/>, with the same parameters, inputs and outputs; itself
    /// where there is nothing to stack.
    /// </summary>
    internal static Network Apply(Network network, int batchSize)
    {
        if (batchSize > MostExamples / 2 || !network.SharesWeights) return network;
        var stacking = new BranchStacking(network);
        stacking.FindGroups(MostExamples / batchSize);
        return stacking._groups.Count == 0 ? network : stacking.Rewrite();
    }

    /// <summary>
    /// A stack begins where a layer with weights is the first on its branch in several places, and takes in the layers behind it for as
    /// long as they are the same on all branches. So no branch of a stack depends on another.
    /// </summary>
    private void FindGroups(int mostLanes)
    {
        bool[] hasWeights = new bool[_network.Nodes.Count];
        foreach (var node in _network.Nodes)
            hasWeights[node.Index] = node.Operation.Parameters.Count > 0 || node.Inputs.Any(i => i >= 0 && hasWeights[i]);
        var starts = _network.Nodes
            .Where(n => n.Operation.Parameters.Count > 0 && n.Inputs is [var input] && (input < 0 || !hasWeights[input]))
            .GroupBy(n => (n.Operation, _network.InputShapes(n)[0]))
            .Where(g => g.Count() > 1);
        foreach (var start in starts)
            foreach (var lanes in start.Select(n => n.Index).Chunk(mostLanes))
                if (lanes.Length > 1) Follow(lanes);
    }

    private void Follow(int[] start)
    {
        int first = _groups.Count;
        Append(start);
        for (int group = first; group < _groups.Count; group++)
            foreach (int reader in _readers[_groups[group][0]])
                if (_group[reader] < 0 && Same(reader, first) is { } lanes) Append(lanes);
    }

    private void Append(int[] lanes)
    {
        for (int lane = 0; lane < lanes.Length; lane++) (_group[lanes[lane]], _lane[lanes[lane]]) = (_groups.Count, lane);
        _groups.Add(lanes);
    }

    /// <summary>The node of each lane that does what a node of the first lane does; null where one of them has none.</summary>
    private int[]? Same(int node, int firstGroup)
    {
        var model = _network.Nodes[node];
        if (model.Inputs.Any(i => i < 0 || _group[i] < firstGroup || _lane[i] != 0)) return null;
        int[] groups = [.. model.Inputs.Select(i => _group[i])];
        var lanes = new int[_groups[firstGroup].Length];
        lanes[0] = node;
        for (int lane = 1; lane < lanes.Length; lane++)
        {
            int[] inputs = [.. groups.Select(g => _groups[g][lane])];
            int found = _readers[inputs[0]].FindIndex(r => _group[r] < 0 && _network.Nodes[r] is var other && other.Shape == model.Shape
                && other.Inputs.SequenceEqual(inputs) && IsSame(model.Operation, other.Operation));
            if (found < 0) return null;
            lanes[lane] = _readers[inputs[0]][found];
        }
        return lanes;
    }

    /// <summary>True for one operation, and for two without parameters that compute the same.</summary>
    private static bool IsSame(Operation a, Operation b) => ReferenceEquals(a, b) || (a, b) switch
    {
        (Relu, Relu) or (Sigmoid, Sigmoid) or (Tanh, Tanh) or (Add, Add) or (Concat, Concat) or (Flatten, Flatten)
            or (GlobalAveragePool, GlobalAveragePool) => true,
        (MaxPool p, MaxPool q) => p.Window == q.Window,
        (AveragePool p, AveragePool q) => p.Window == q.Window && p.CountPadding == q.CountPadding,
        (Elu p, Elu q) => p.Alpha.Equals(q.Alpha),
        (LeakyRelu p, LeakyRelu q) => p.Alpha.Equals(q.Alpha),
        (Clip p, Clip q) => p.Minimum.Equals(q.Minimum) && p.Maximum.Equals(q.Maximum),
        (Affine p, Affine q) => p.Mean.Equals(q.Mean) && p.Scale.Equals(q.Scale),
        (Arithmetic p, Arithmetic q) => p.Function == q.Function,
        _ => false,
    };

    /// <summary>The nodes anew, in an order in which all lanes of a group are ready when its turn comes.</summary>
    private Network Rewrite()
    {
        var nodes = new List<Node>(_network.Nodes.Count);
        int[] at = [.. Enumerable.Repeat(-1, _network.Nodes.Count)], groupAt = [.. Enumerable.Repeat(-1, _groups.Count)];
        var taken = new Dictionary<int, int>();
        // What is not ready yet waits for the last of what it reads; groups count as the node of their first lane.
        int[] waitsFor = new int[_network.Nodes.Count];
        var waiting = new PriorityQueue<int, int>();
        foreach (int unit in Enumerable.Range(0, at.Length).Where(i => _lane[i] == 0 || _group[i] < 0))
            if ((waitsFor[unit] = InputsOf(unit).Count()) == 0) waiting.Enqueue(unit, unit);
        while (waiting.TryDequeue(out int unit, out _))
        {
            if (_group[unit] >= 0) AddGroup(unit);
            else at[unit] = AddNode(_network.Nodes[unit], [.. _network.Nodes[unit].Inputs.Select(Place)], copies: 1);
            foreach (int reader in ReadersOf(unit))
                if (--waitsFor[reader] == 0) waiting.Enqueue(reader, reader);
        }
        return _network.WithNodes(nodes, [.. _network.Outputs.Select(o => o with { Node = Place(o.Node) })]);

        void AddGroup(int unit)
        {
            int[] lanes = _groups[_group[unit]];
            var node = _network.Nodes[unit];
            int[] inputs = node.Inputs[0] >= 0 && _group[node.Inputs[0]] >= 0
                ? [.. node.Inputs.Select(i => groupAt[_group[i]])]
                : [AddNode(
                    new Node(0, node.Name + "/stack", new Stack(), [], _network.InputShapes(node)[0]),
                    [.. lanes.Select(n => Place(_network.Nodes[n].Inputs[0]))], lanes.Length)];
            groupAt[_group[unit]] = AddNode(node, inputs, lanes.Length);
        }

        // A node of a lane that somebody outside the stack reads.
        int Place(int node)
        {
            if (node < 0) return node;
            if (_group[node] < 0) return at[node];
            if (!taken.TryGetValue(node, out int place))
            {
                var original = _network.Nodes[node];
                taken[node] = place = AddNode(new Node(0, original.Name + "/unstack", new Unstack(_lane[node]), [], original.Shape),
                    [groupAt[_group[node]]], copies: 1);
            }
            return place;
        }

        int AddNode(Node node, int[] inputs, int copies)
        {
            nodes.Add(node with { Index = nodes.Count, Inputs = inputs, Copies = copies });
            return nodes.Count - 1;
        }
    }

    private int UnitOf(int node) => _group[node] < 0 ? node : _groups[_group[node]][0];

    private IEnumerable<int> MembersOf(int unit) => _group[unit] < 0 ? [unit] : _groups[_group[unit]];

    private IEnumerable<int> InputsOf(int unit) =>
        MembersOf(unit).SelectMany(n => _network.Nodes[n].Inputs).Where(i => i >= 0).Select(UnitOf).Distinct();

    private IEnumerable<int> ReadersOf(int unit) => MembersOf(unit).SelectMany(n => _readers[n]).Select(UnitOf).Distinct();
}
