using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>Reads a graph node by node into a network; <see cref="OnnxOperators"/> defines how each operator is read.</summary>
internal sealed class OnnxGraphReader
{
    /// <summary>Maximum number of axes of a value.</summary>
    internal const int MaxRank = 8;

    private const int LongestName = 256;

    private readonly GraphProto _graph;
    private readonly OnnxReadLimits _limits;
    private readonly bool _batched;
    private readonly Dictionary<string, OnnxConstant> _constants = [];
    private readonly Dictionary<string, OnnxValue> _values = [];
    private readonly Dictionary<string, List<NodeProto>> _readers = [];
    private readonly HashSet<string> _layerNames = [], _outputNames;
    private readonly Dictionary<string, int> _layerNumbers = [];
    private readonly List<(NetworkParameter Parameter, OnnxFill Fill)> _parameters = [];
    private readonly NetworkBuilder _builder;
    private readonly OnnxBudget _budget;
    private readonly Dictionary<string, Operation> _shared = [];
    private readonly HashSet<NetworkParameter> _bound = [];

    /// <param name="graph">The graph.</param>
    /// <param name="operatorSet">Version of the default operator set it was written for.</param>
    /// <param name="limits">Limits on what it may require.</param>
    /// <param name="budget">What is left of them.</param>
    /// <param name="batched">True to treat the inputs' first axis as a batch of any size, false to read everything as one example.</param>
    /// <param name="constants">Values that replace inputs of the graph, by name.</param>
    internal OnnxGraphReader(GraphProto graph, long operatorSet, OnnxReadLimits limits, OnnxBudget budget, bool batched,
        IReadOnlyDictionary<string, OnnxConstant>? constants = null)
    {
        foreach (var (name, constant) in constants ?? new Dictionary<string, OnnxConstant>()) _constants[name] = constant;
        _graph = graph;
        _outputNames = [.. graph.Output.Select(o => o.Name)];
        OperatorSet = operatorSet;
        _limits = limits;
        _batched = batched;
        _budget = budget;
        _builder = new NetworkBuilder(graph.Name.Length > LongestName ? graph.Name[..LongestName] : graph.Name);
    }

    internal long OperatorSet { get; }

    /// <summary>Height and width of an input that the file leaves open; null where they must be known.</summary>
    internal int? OpenSide { get; init; }

    internal int MaxDimension => _limits.MaxDimension;

    internal int MaxValues => _limits.MaxActivations;

    internal Network Read()
    {
        CheckNodes();
        foreach (var tensor in _graph.Initializer)
        {
            if (tensor.Name.Length is 0 or > LongestName || _constants.ContainsKey(tensor.Name))
                throw new OnnxFormatException(
                    $"has an initialiser {OnnxText.Quote(tensor.Name)} without a usable name, or two of that name");
            _constants.Add(tensor.Name, OnnxConstant.Of(tensor, tensor.Name));
        }
        foreach (var node in _graph.Node)
            foreach (string input in node.Input)
            {
                if (!_readers.TryGetValue(input, out var readers)) _readers[input] = readers = [];
                readers.Add(node);
            }
        foreach (var input in _graph.Input)
            if (!_constants.ContainsKey(input.Name)) ReadInput(input);
        foreach (var node in _graph.Node) ReadNode(node);
        return Build([.. Outputs()]);
    }

    internal Network Build((string Name, Layer Layer)[] outputs)
    {
        var network = _builder.Build(outputs);
        foreach (var (parameter, fill) in _parameters)
            if (parameter.IsBound) fill(parameter.Values);
        return network;
    }

    internal bool TryGetValue(string name, out OnnxValue value) => _values.TryGetValue(name, out value!);

    internal OnnxConstant? Constant(string name) => _constants.GetValueOrDefault(name);

    internal bool IsRead(string value) => value.Length > 0 && (_readers.ContainsKey(value) || _outputNames.Contains(value));

    /// <summary>The only node that reads a value, or null if there are several or it is the graph's output.</summary>
    internal NodeProto? OnlyReader(string value) =>
        _readers.TryGetValue(value, out var readers) && readers.Count == 1 && !_outputNames.Contains(value) ? readers[0] : null;

    internal Layer AddLayer(Operation operation, string name, ReadOnlySpan<Layer> inputs)
    {
        int? number = null;
        while (name.Length == 0 || (number is not null && _layerNames.Contains(name)))
            name = $"{operation.Kind}{number = _layerNumbers[operation.Kind] = _layerNumbers.GetValueOrDefault(operation.Kind) + 1}";
        var shapes = new Shape[inputs.Length];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = inputs[i].Shape;
        var shape = operation.OutputShape(shapes);
        CheckLength([shape.Channels, shape.Height, shape.Width]);
        _budget.TakeLayer(operation, shapes, shape);
        _layerNames.Add(name);
        return _builder.Add(operation, name, inputs);
    }

    /// <summary>The operation created earlier for a key, or a new one.</summary>
    internal T Shared<T>(string key, Func<T> create) where T : Operation
    {
        if (!_shared.TryGetValue(key, out var operation)) _shared[key] = operation = create();
        return (T)operation;
    }

    /// <summary>Registers how a parameter is filled.</summary>
    internal void Bind(NetworkParameter parameter, OnnxFill fill)
    {
        // A layer used in several places is filled once.
        if (!_bound.Add(parameter)) return;
        // Different layers may read the same constant, and each gets its own copy.
        _budget.TakeValues(parameter.Length);
        _parameters.Add((parameter, fill));
    }

    /// <summary>The constant as a layer, with its axes in ONNX's order or another; it has no batch.</summary>
    internal OnnxValue Promote(OnnxNode node, OnnxConstant constant, int[]? order = null)
    {
        if (constant.Length == 0) throw new OnnxFormatException($"computes with {constant}, which is empty");
        int[] dimensions = constant.Dimensions, axes = order ?? OnnxLayout.RowMajor(dimensions.Length, -1);
        var shape = OnnxLayout.ShapeOf(dimensions, axes, -1);
        CheckShape(dimensions);
        var operation = new Constant(shape);
        // The parameter is [channels, height, width], the layer's memory is [height, width, channels].
        Bind(operation.Value, values =>
        {
            float[] memory = constant.Transposed(axes);
            for (int c = 0; c < shape.Channels; c++)
                for (int place = 0; place < shape.Area; place++) values[c * shape.Area + place] = memory[place * shape.Channels + c];
        });
        string name = constant.Name.EndsWith(OnnxHelperNames.ConstantSuffix, StringComparison.Ordinal)
            ? constant.Name[..^OnnxHelperNames.ConstantSuffix.Length] : "";
        return new OnnxValue(AddLayer(operation, _layerNames.Contains(name) ? "" : name, []), dimensions, axes, -1);
    }

    internal void CheckShape(int[] dimensions)
    {
        CheckLength(dimensions);
        if (dimensions.Any(size => size > _limits.MaxDimension))
            throw new OnnxFormatException($"needs too much memory at the shape {string.Join("x", dimensions)}");
    }

    /// <summary>So few values that their number, and that of any of their axes, is far from leaving 32 bits.</summary>
    private void CheckLength(int[] dimensions)
    {
        long length = 1;
        foreach (int size in dimensions)
            if (size < 1 || (length *= size) > _limits.MaxActivations)
                throw new OnnxFormatException($"needs too much memory at the shape {string.Join("x", dimensions)}");
    }

    private void CheckNodes()
    {
        if (_graph.Node.Count == 0) throw new OnnxFormatException("has no nodes");
        if (_graph.Node.Count > _limits.MaxNodes)
            throw new OnnxFormatException($"has {_graph.Node.Count} nodes; at most {_limits.MaxNodes} are supported");
        if (Math.Max(_graph.Input.Count, _graph.Output.Count) is var ends && ends > _limits.MaxNodes + _graph.Initializer.Count)
            throw new OnnxFormatException($"has {ends} inputs or outputs; at most {_limits.MaxNodes} are supported");
        foreach (var node in _graph.Node)
        {
            if (!OnnxOperators.IsKnown(node))
                throw new OnnxFormatException(
                    $"node {OnnxText.Quote(node.Name)} uses the operator {OnnxText.Quote(node.OpType)}, which is not supported; "
                    + $"supported operators: {OnnxOperators.Known}");
            if (node.Name.Length > LongestName)
                throw new OnnxFormatException($"node {OnnxText.Quote(node.Name)} has a name of {node.Name.Length} characters");
            // Reserve the name from here on, so that no unnamed node gets it.
            if (node.Name.Length > 0 && !_layerNames.Add(node.Name))
                throw new OnnxFormatException($"has two nodes named {OnnxText.Quote(node.Name)}");
        }
    }

    private void ReadInput(ValueInfoProto input)
    {
        var type = input.Type?.TensorType;
        var sizes = type?.Shape?.Dim;
        if (type is null || !OnnxTensors.IsFloat(type.ElemType) || sizes is null || sizes.Count > MaxRank)
            throw new OnnxFormatException(
                $"has the input {OnnxText.Quote(input.Name)}, which is not a tensor of floating-point numbers of known rank");
        if (input.Name.Length is 0 or > LongestName || _values.ContainsKey(input.Name))
            throw new OnnxFormatException($"has an input {OnnxText.Quote(input.Name)} without a usable name, or two of that name");
        if (_batched && sizes.Count < 2) throw new OnnxBatchException("has an input without a batch");
        var dimensions = new int[sizes.Count];
        for (int i = 0; i < dimensions.Length; i++)
        {
            long size = sizes[i].DimValue;
            // The batch size may be symbolic or missing; then it counts as one.
            if (i == 0 && size is 0 or -1 && dimensions.Length > 1) size = 1;
            if (size is 0 or -1 && OnnxLayout.IsPlace([.. sizes.Select(s => s.DimValue)], i))
                size = OpenSide ?? throw Open(input, i);
            if (size < 1 || size > _limits.MaxDimension)
                throw new OnnxFormatException($"has the input {OnnxText.Quote(input.Name)}, whose axis {i} has no fixed, sensible size");
            dimensions[i] = (int)size;
        }
        int batchAxis = _batched ? 0 : -1;
        int[] order = OnnxLayout.NaturalInput(dimensions, batchAxis);
        CheckShape(_batched ? dimensions[1..] : dimensions);
        var shape = OnnxLayout.IsChannelsLast(dimensions) ? new Shape(dimensions[3], dimensions[1], dimensions[2])
            : OnnxLayout.ShapeOf(dimensions, order, batchAxis);
        _budget.TakeInput(shape);
        _values[input.Name] = new OnnxValue(_builder.AddInput(input.Name, shape), dimensions, order, batchAxis);
    }

    private static OnnxFormatException Open(ValueInfoProto input, int axis)
    {
        string open = $"leaves axis {axis} of its input {OnnxText.Quote(input.Name)} open";
        return new OnnxFormatException($"{open}; say which height and width it is to have, with --resize-to") { HasAdvice = true };
    }

    private void ReadNode(NodeProto node)
    {
        try
        {
            _budget.CheckTime();
            if (node.Output.Count == 0 || node.Output.Any(o => o.Length > LongestName))
                throw new OnnxFormatException($"has {node.Output.Count} outputs, or one with a long name");
            var inputs = node.Input.Where(i => i.Length > 0).ToList();
            foreach (string input in inputs)
                if (!_values.ContainsKey(input) && !_constants.ContainsKey(input))
                    throw new OnnxFormatException($"reads {OnnxText.Quote(input)}, which no earlier node produces");
            var reading = new OnnxNode(this, node);
            object[] results;
            if (OnnxShapeArithmetic.TryFold(reading, node) is { } folded) results = [folded];
            else if (inputs.Count > 0 && inputs.All(_constants.ContainsKey) && OnnxOperators.IsComputed(node))
            {
                results = Fold(node, reading = new OnnxNode(Child(node), node));
                foreach (OnnxConstant constant in results) _budget.TakeValues(constant.Length);
            }
            else results = OnnxOperators.Read(reading);
            reading.Attributes.ExpectNoneLeft();
            for (int i = 0; i < node.Output.Count; i++)
            {
                string name = node.Output[i];
                if (name.Length == 0) continue;
                if (i >= results.Length)
                {
                    if (IsRead(name)) throw new OnnxFormatException($"has an output {i + 1} that is used, which is not supported");
                    continue;
                }
                if (_constants.ContainsKey(name) || _values.ContainsKey(name))
                    throw new OnnxFormatException($"produces {OnnxText.Quote(name)}, which already exists");
                if (results[i] is OnnxConstant constant) _constants.Add(name, constant);
                else _values.Add(name, Checked((OnnxValue)results[i]));
            }
        }
        // An index, argument or operation that is wrong here was decided by the file: it is the file's fault, and is told with the node.
        catch (Exception e) when (e is OnnxFormatException or FerException or ArithmeticException or ArgumentException
            or IndexOutOfRangeException or InvalidOperationException or AggregateException or NullReferenceException)
        {
            string fault = e switch
            {
                OverflowException => "has sizes that are too large",
                OnnxFormatException or FerException => e.Message.TrimEnd('.'),
                _ => "has inputs or attributes that do not fit its operator",
            };
            string message = $"node {OnnxText.Quote(node.Name)} ({node.OpType}): {fault}";
            throw e is OnnxBatchException ? new OnnxBatchException(message)
                : new OnnxFormatException(message) { HasAdvice = e is OnnxFormatException { HasAdvice: true } };
        }
    }

    private OnnxValue Checked(OnnxValue value)
    {
        if (value.Rank > MaxRank)
            throw new OnnxFormatException($"produces a value with {value.Rank} axes; at most {MaxRank} are supported");
        return value;
    }

    /// <summary>A reader for a graph of a single node on constants.</summary>
    private OnnxGraphReader Child(NodeProto node)
    {
        var graph = new GraphProto { Output = { node.Output.Where(IsRead).Select(name => new ValueInfoProto { Name = name }) } };
        var child = new OnnxGraphReader(graph, OperatorSet, _limits, _budget.ForFolding(), batched: false);
        foreach (string input in node.Input)
            if (_constants.TryGetValue(input, out var constant)) child._constants.TryAdd(input, constant);
        return child;
    }

    /// <summary>
    /// Evaluates a node whose inputs are all constants by running a network of that one node, so that each operator has only one
    /// implementation.
    /// </summary>
    private static OnnxConstant[] Fold(NodeProto node, OnnxNode reading)
    {
        OnnxValue[] values = [.. OnnxOperators.Read(reading).Select(
            value => OnnxLayout.Arrange(reading, value, OnnxLayout.RowMajor(value.Rank, -1)))];
        var network = reading.Build([.. values.Select((value, i) => ($"{i}", value.Layer))]);
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 1, training: false, pool);
        executor.Forward(1);
        return [.. values.Select(
            (value, i) => OnnxConstant.Of(i < node.Output.Count ? node.Output[i] : "", value.Dimensions, executor.OutputOf(i).ToArray()))];
    }

    /// <summary>The outputs in their natural order; an input that is passed through unchanged gets a layer of its own.</summary>
    private List<(string Name, Layer Layer)> Outputs()
    {
        if (_graph.Output.Count == 0) throw new OnnxFormatException("has no output");
        var outputs = new List<(string, Layer)>();
        var named = new HashSet<string>();
        foreach (var output in _graph.Output)
        {
            var node = new OnnxNode(this, new NodeProto { Input = { output.Name } });
            if (!named.Add(output.Name))
                throw new OnnxFormatException($"names its output {OnnxText.Quote(output.Name)} twice");
            if (!_values.ContainsKey(output.Name) && Constant(output.Name) is not { IsFloat: true })
                throw new OnnxFormatException($"has the output {OnnxText.Quote(output.Name)}, which no node produces as float32");
            var value = node.Value(0);
            if (value.Mean != 0) throw new OnnxFormatException($"has the output {OnnxText.Quote(output.Name)} in the middle of a layer");
            if (_batched && value.BatchAxis != 0) throw new OnnxBatchException("has an output whose first axis is not the batch");
            value = OnnxLayout.Arrange(node, value, OnnxLayout.Natural(value.Dimensions, value.BatchAxis));
            var shape = OnnxLayout.ShapeOf(value);
            outputs.Add(
                (output.Name, value.Layer.Index < 0 || value.Layer.Shape != shape ? node.Helper(new Reshape(shape), value.Layer)
                    : value.Layer));
        }
        return outputs;
    }
}
