using Fer.Pipeline.Networks.Onnx.Proto;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks.Onnx;

/// <summary>A value of the graph being read: the layer that makes it, and whether it is [batch, n] (rank 2) or [batch, n, height, width] (rank 4).</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Rank">2 or 4.</param>
/// <param name="Mean">A mean that a multiplication behind will take into its <see cref="Affine"/>; 0 elsewhere.</param>
/// <param name="IsPooled">True for what a global average pool gives, before ONNX's flatten behind it.</param>
internal readonly record struct OnnxValue(Layer Layer, int Rank, float Mean = 0, bool IsPooled = false);

/// <summary>Reads a graph node by node into a network; what each operator means is in <see cref="OnnxOperators"/>.</summary>
internal sealed class OnnxGraphReader
{
    private const int LongestName = 256;

    private readonly GraphProto _graph;
    private readonly OnnxReadLimits _limits;
    private readonly Dictionary<string, TensorProto> _constants = [];
    private readonly Dictionary<string, OnnxValue> _values = [];
    private readonly Dictionary<string, List<NodeProto>> _readers = [];
    private readonly HashSet<string> _layerNames = [];
    private readonly List<(Parameter Parameter, TensorProto Tensor)> _parameters = [];
    private NetworkBuilder? _builder;
    private Layer? _last;
    private long _activations;
    private readonly Dictionary<string, Operation> _shared = [];
    private readonly HashSet<Parameter> _bound = [];
    private long _parameterBytes;

    internal OnnxGraphReader(GraphProto graph, OnnxReadLimits limits)
    {
        _graph = graph;
        _limits = limits;
    }

    internal int MaxDimension => _limits.MaxDimension;

    internal Network Read()
    {
        CheckNodes();
        foreach (var tensor in _graph.Initializer)
            if (tensor.Name.Length is 0 or > LongestName || !_constants.TryAdd(tensor.Name, tensor))
                throw new OnnxFormatException($"has an initialiser {OnnxText.Quote(tensor.Name)} without a usable name, or two of that name");
        foreach (var node in _graph.Node)
            foreach (string input in node.Input)
            {
                if (!_readers.TryGetValue(input, out var readers)) _readers[input] = readers = [];
                readers.Add(node);
            }
        ReadInput();
        foreach (var node in _graph.Node) ReadNode(node);
        CheckOutput();
        var network = _builder!.Build();
        foreach (var (parameter, tensor) in _parameters) OnnxTensors.CopyFloats(tensor, parameter.Values);
        return network;
    }

    internal bool TryGetValue(string name, out OnnxValue value) => _values.TryGetValue(name, out value);

    internal TensorProto? Constant(string name) => _constants.GetValueOrDefault(name);

    /// <summary>The one node that reads a value, or null where there are more or it is the graph's output.</summary>
    internal NodeProto? OnlyReader(string value) =>
        _readers.TryGetValue(value, out var readers) && readers.Count == 1 && _graph.Output.All(o => o.Name != value) ? readers[0] : null;

    internal Layer AddLayer(Operation operation, string name, ReadOnlySpan<Layer> inputs)
    {
        if (name.Length == 0)
            for (int number = 1; ; number++)
                if (!_layerNames.Contains(name = $"{operation.Kind}{number}")) break;
        var layer = _builder!.Add(operation, name, inputs);
        _layerNames.Add(name);
        CheckShape(layer.Shape);
        _last = layer;
        return layer;
    }

    internal T Shared<T>(string key, Func<T> create) where T : Operation
    {
        if (!_shared.TryGetValue(key, out var operation)) _shared[key] = operation = create();
        return (T)operation;
    }

    /// <summary>Notes that a parameter takes its values from a constant, whose dimensions must be the parameter's.</summary>
    internal void Bind(Parameter parameter, TensorProto tensor)
    {
        int length = OnnxTensors.CheckedLength(tensor, TensorProto.Types.DataType.Float);
        if (!tensor.Dims.SequenceEqual(parameter.Dimensions.Select(d => (long)d)))
            throw new OnnxFormatException(
                $"takes initialiser {OnnxText.Quote(tensor.Name)} of dimensions [{string.Join(", ", tensor.Dims)}] where [{string.Join(", ", parameter.Dimensions)}] is needed");
        // A layer that stands in several places is bound once.
        if (!_bound.Add(parameter)) return;
        // One constant may be read by different layers, and each gets its own copy.
        if ((_parameterBytes += length * (long)sizeof(float)) > _limits.MaxBytes)
            throw new OnnxFormatException($"needs more than {_limits.MaxBytes:N0} bytes of parameters");
        _parameters.Add((parameter, tensor));
    }

    private void CheckNodes()
    {
        if (_graph.Node.Count == 0) throw new OnnxFormatException("has no nodes");
        if (_graph.Node.Count > _limits.MaxNodes) throw new OnnxFormatException($"has {_graph.Node.Count} nodes; {_limits.MaxNodes} is the most that is read");
        foreach (var node in _graph.Node)
        {
            if (!OnnxOperators.IsKnown(node))
                throw new OnnxFormatException(
                    $"node {OnnxText.Quote(node.Name)} is the operator {OnnxText.Quote(node.OpType)}, which is not read; those that are: {OnnxOperators.Known}");
            if (node.Name.Length > LongestName) throw new OnnxFormatException($"node {OnnxText.Quote(node.Name)} has a name of {node.Name.Length} characters");
            // The name is in use from here on, so that a nameless node is not given it.
            if (node.Name.Length > 0 && !_layerNames.Add(node.Name))
                throw new OnnxFormatException($"has two nodes named {OnnxText.Quote(node.Name)}");
        }
    }

    private void ReadInput()
    {
        ValueInfoProto[] inputs = [.. _graph.Input.Where(i => !_constants.ContainsKey(i.Name))];
        if (inputs.Length != 1) throw new OnnxFormatException($"has {inputs.Length} inputs where one is needed");
        var type = inputs[0].Type?.TensorType;
        var dimensions = type?.Shape?.Dim;
        if (type?.ElemType != (int)TensorProto.Types.DataType.Float || dimensions?.Count != 4)
            throw new OnnxFormatException($"has the input {OnnxText.Quote(inputs[0].Name)}, which is not float32 [batch, channels, height, width]");
        foreach (var dimension in dimensions.Skip(1))
            if (dimension.DimValue < 1 || dimension.DimValue > _limits.MaxDimension)
                throw new OnnxFormatException($"has the input {OnnxText.Quote(inputs[0].Name)} without a fixed, sensible number of channels, rows and columns");
        var shape = new Shape((int)dimensions[1].DimValue, (int)dimensions[2].DimValue, (int)dimensions[3].DimValue);
        CheckShape(shape);
        _builder = new NetworkBuilder(_graph.Name.Length > LongestName ? _graph.Name[..LongestName] : _graph.Name, shape);
        _values[inputs[0].Name] = new OnnxValue(_builder.Input, 4);
    }

    private void ReadNode(NodeProto node)
    {
        try
        {
            if (node.Output.Count != 1 || node.Output[0].Length is 0 or > LongestName)
                throw new OnnxFormatException($"has {node.Output.Count} outputs where one, with a name, is read");
            var reading = new OnnxNode(this, node);
            var value = OnnxOperators.Read(reading);
            reading.Attributes.ExpectNoneLeft();
            if (_constants.ContainsKey(node.Output[0]) || !_values.TryAdd(node.Output[0], value))
                throw new OnnxFormatException($"gives {OnnxText.Quote(node.Output[0])}, which exists already");
        }
        catch (Exception e) when (e is OnnxFormatException or FerException)
        {
            throw new OnnxFormatException($"node {OnnxText.Quote(node.Name)} ({node.OpType}): {e.Message.TrimEnd('.')}");
        }
    }

    private void CheckShape(Shape shape)
    {
        if (shape.Channels > _limits.MaxDimension || shape.Height > _limits.MaxDimension || shape.Width > _limits.MaxDimension
            || (_activations += (long)shape.Channels * shape.Height * shape.Width) > _limits.MaxActivations)
            throw new OnnxFormatException($"needs too much memory at the shape {shape}");
    }

    private void CheckOutput()
    {
        if (_graph.Output.Count != 1 || !_values.TryGetValue(_graph.Output[0].Name, out var output))
            throw new OnnxFormatException("has no output, several, or one that no node gives");
        if (output.Layer != _last) throw new OnnxFormatException($"has the output {OnnxText.Quote(_graph.Output[0].Name)}, which is not the last node's");
    }
}
