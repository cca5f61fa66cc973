using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The memory location of every buffer of an executor, and which operations are fused. Steps 0 … n - 1 are the forward pass, n … 2n - 1 the
/// backward pass; a buffer is live from the step that writes it to the last step that reads it. Element-wise layers work in place. A ReLU
/// that follows batch normalisation or a sum is fused into its kernel; in inference, batch normalisation, ReLU and max pooling are fused
/// into the convolution before them.
/// </summary>
internal sealed class ExecutionPlan
{
    private readonly Network _network;
    private readonly bool _training;
    private readonly List<int>[] _consumers;
    private readonly bool[] _isOutput;

    internal ExecutionPlan(Network network, bool training, int batchSize, Kernel[] kernels, int threads)
    {
        _network = network;
        _training = training;
        int n = Count;
        _consumers = [.. Enumerable.Range(0, n).Select(_ => new List<int>())];
        foreach (var node in network.Nodes)
            foreach (int input in node.Inputs)
                if (input >= 0) _consumers[input].Add(node.Index);
        _isOutput = new bool[n];
        foreach (var output in network.Outputs) _isOutput[output.Node] = true;
        NeedsBackward = FindNeedsBackward();
        FusedIntoProducer = new bool[n];
        int[] worker = FoldNormalizations(kernels);
        int[] valueOwner = ShareValues(), gradientOwner = ShareGradients();
        for (int i = 0; i < n; i++)
            if (kernels[worker[i]] is IRectifying { CanRectify: true } fusing && ReaderOf(i) is { } next
                && network.Nodes[next].Operation is Relu
                && valueOwner[next] == valueOwner[i] && (!NeedsBackward[i] || gradientOwner[i] == gradientOwner[next]))
            {
                fusing.Rectify = true;
                FusedIntoProducer[next] = true;
                worker[next] = worker[i];
            }
        bool[] unwritten = FusePoolings(kernels, worker);
        // What a pooling was fused into shares its buffer from here on.
        valueOwner = ShareValues();
        Accumulate = FindAccumulate();

        var plan = new BufferPlan();
        int[] inputs = [.. network.Inputs.Select(input => plan.Add(Bytes(input.Shape, batchSize), 0, 2 * n))];
        var values = PlanShared(plan, valueOwner, i => (i, ValueEnd(i)), NodeBytes, _ => true);
        var gradients = PlanShared(plan, gradientOwner, i => (_consumers[i].Count == 0 ? n - 1 : Back(_consumers[i].Max()), Back(i)),
            NodeBytes, i => training && NeedsBackward[i]);
        // In inference, saved buffers hold packed weights, which are kept.
        var saved = new int[n];
        var packed = new Dictionary<(Operation, Shape, long), int>();
        for (int i = 0; i < n; i++)
        {
            var key = (network.Nodes[i].Operation, network.InputShapes(network.Nodes[i]).FirstOrDefault(), kernels[i].SavedBytes);
            // A layer used in several places packs the same weights the same way.
            if (!training && packed.TryGetValue(key, out saved[i])) continue;
            packed[key] = saved[i] = plan.Add(kernels[i].SavedBytes, training ? i : 0, training ? Back(i) : 2 * n);
        }
        int shared = plan.Add(kernels.Max(k => k.SharedScratchBytes), 0, 2 * n);
        var scratch = Enumerable.Range(0, threads).Select(_ => plan.Add(kernels.Max(k => k.ThreadScratchBytes), 0, 2 * n)).ToArray();
        long[] offsets = plan.Place();
        TotalBytes = plan.TotalBytes;
        Inputs = [.. inputs.Select(input => offsets[input])];
        Values = [.. values.Select(v => offsets[v])];
        Gradients = [.. gradients.Select(g => g < 0 ? -1 : offsets[g])];
        Saved = [.. saved.Select(s => offsets[s])];
        SharedScratch = offsets[shared];
        ThreadScratch = [.. scratch.Select(s => offsets[s])];
        long NodeBytes(int i) => unwritten[i] ? 0 : Bytes(network.Nodes[i].Shape, batchSize * network.Nodes[i].Copies);
        long[] Ends(Node node, IEnumerable<int> written) =>
            [.. written.Append(saved[node.Index]).Append(shared).Concat(scratch).Where(number => number >= 0).Distinct().Select(
                plan.EndOf)];
        ForwardGuards = [.. network.Nodes.Select(node => Ends(node, [values[node.Index]]))];
        BackwardGuards = [.. network.Nodes.Select(
            node => Ends(node, [gradients[node.Index], .. node.Inputs.Where(i => i >= 0).Select(i => gradients[i])]))];
    }

    private int Count => _network.Nodes.Count;

    internal long TotalBytes { get; }
    internal long[] Inputs { get; }
    internal long[] Values { get; }
    /// <summary>-1 if a node's output needs no gradient.</summary>
    internal long[] Gradients { get; }
    internal long[] Saved { get; }
    internal long SharedScratch { get; }
    internal long[] ThreadScratch { get; }
    /// <summary>For each node, the ends of the buffers that its kernel's forward pass may write; all of them are live then.</summary>
    internal long[][] ForwardGuards { get; }
    /// <summary>The same for the backward pass.</summary>
    internal long[][] BackwardGuards { get; }
    internal bool[] NeedsBackward { get; }
    internal bool[] FusedIntoProducer { get; }
    internal bool[][] Accumulate { get; }

    /// <summary>The only node that reads a value, or null if there are several or the value is an output of the network.</summary>
    private int? ReaderOf(int node) => _consumers[node].Count == 1 && !_isOutput[node] ? _consumers[node][0] : null;

    private int Back(int node) => 2 * Count - 1 - node;

    private static long Bytes(Shape shape, int batchSize) => (long)shape.Length * batchSize * sizeof(float);

    /// <summary>
    /// A node takes part in the backward pass if it or a node before it has trainable parameters and the output depends on it.
    /// </summary>
    private bool[] FindNeedsBackward()
    {
        var trains = new bool[Count];
        foreach (var node in _network.Nodes)
            trains[node.Index] = node.Operation.Parameters.Any(p => p.Parameter is { IsTrainable: true, LearningRateFactor: > 0 })
                || node.Inputs.Any(i => i >= 0 && trains[i]);
        var reaches = new bool[Count];
        foreach (var output in _network.Outputs) reaches[output.Node] = true;
        for (int i = Count - 1; i >= 0; i--)
            foreach (int input in _network.Nodes[i].Inputs)
                if (input >= 0) reaches[input] |= reaches[i];
        return [.. trains.Zip(reaches, (a, b) => _training && a && b)];
    }

    /// <summary>
    /// In inference, folds batch normalisation into the preceding convolutions; returns, for each node, the node whose kernel does its
    /// work.
    /// </summary>
    private int[] FoldNormalizations(Kernel[] kernels)
    {
        var worker = Enumerable.Range(0, Count).ToArray();
        if (_training) return worker;
        foreach (var node in _network.Nodes)
            if (node.Operation is BatchNormalization normalization && node.Inputs[0] is var input && input >= 0 && ReaderOf(
                input) is not null
                && kernels[input] is IFoldsNormalization folding)
            {
                folding.Fold(normalization);
                FusedIntoProducer[node.Index] = true;
                worker[node.Index] = input;
            }
        return worker;
    }

    /// <summary>In inference, fuses max pooling into the convolutions before it; returns the nodes whose values are then never
    /// written.</summary>
    private bool[] FusePoolings(Kernel[] kernels, int[] worker)
    {
        var unwritten = new bool[Count];
        if (_training) return unwritten;
        foreach (var node in _network.Nodes)
            if (node.Operation is MaxPool pooling && node.Inputs[0] is var input && input >= 0 && ReaderOf(input) is not null
                && kernels[worker[input]] is IPoolsMaximum pools && pools.CanPool(pooling.Window))
            {
                pools.Pools = true;
                FusedIntoProducer[node.Index] = true;
                for (int i = input; ; i = _network.Nodes[i].Inputs[0])
                {
                    unwritten[i] = true;
                    if (i == worker[input]) break;
                }
            }
        return unwritten;
    }

    /// <summary>For each node, the first of the nodes that share its output buffer.</summary>
    private int[] ShareValues()
    {
        var owner = Enumerable.Range(0, Count).ToArray();
        foreach (var node in _network.Nodes)
        {
            if (!(node.Operation.IsElementWise || FusedIntoProducer[node.Index]) || node.Inputs[0] is var input && input < 0
                || ReaderOf(input) is null) continue;
            if (_training && _network.Nodes[input].Operation.GradientReadsOutput) continue;
            owner[node.Index] = owner[input];
        }
        return owner;
    }

    /// <summary>For each node, the first of the nodes that share its output's gradient.</summary>
    private int[] ShareGradients()
    {
        var owner = Enumerable.Range(0, Count).ToArray();
        foreach (var node in _network.Nodes)
            if (node.Operation.GradientMayOverwrite && node.Inputs[0] is var input && input >= 0 && ReaderOf(input) is not null
                && NeedsBackward[input] && NeedsBackward[node.Index])
                owner[node.Index] = owner[input];
        return owner;
    }

    /// <summary>The backward pass reaches the last consumer first: it writes the gradient, the others add to it.</summary>
    private bool[][] FindAccumulate()
    {
        var written = new bool[Count];
        var accumulate = _network.Nodes.Select(node => new bool[node.Inputs.Count]).ToArray();
        for (int i = Count - 1; i >= 0; i--)
            for (int k = 0; NeedsBackward[i] && k < _network.Nodes[i].Inputs.Count; k++)
                if (_network.Nodes[i].Inputs[k] is var input and >= 0)
                {
                    accumulate[i][k] = written[input];
                    written[input] = true;
                }
        return accumulate;
    }

    private int ValueEnd(int i)
    {
        int end = _isOutput[i] ? 2 * Count : i;
        foreach (int consumer in _consumers[i])
        {
            end = Math.Max(end, consumer);
            if (NeedsBackward[consumer] && _network.Nodes[consumer].Operation.GradientReadsInputs) end = Math.Max(end, Back(consumer));
            if (FusedIntoProducer[consumer] && NeedsBackward[i]) end = Math.Max(end, Back(i));
        }
        if (NeedsBackward[i] && _network.Nodes[i].Operation.GradientReadsOutput) end = Math.Max(end, Back(i));
        return end;
    }

    /// <summary>One request for each group of nodes that share a buffer, live while any of them is.</summary>
    private int[] PlanShared(BufferPlan plan, int[] owner, Func<int, (int From, int To)> life, Func<int, long> bytes,
        Func<int, bool> wanted)
    {
        var numbers = Enumerable.Repeat(-1, Count).ToArray();
        foreach (var group in Enumerable.Range(0, Count).Where(wanted).GroupBy(i => owner[i]))
        {
            int number = plan.Add(group.Max(bytes), group.Min(i => life(i).From), group.Max(i => life(i).To));
            foreach (int i in group) numbers[i] = number;
        }
        return numbers;
    }
}
