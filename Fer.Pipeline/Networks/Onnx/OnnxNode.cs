using Fer.Pipeline.Networks.Onnx.Proto;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks.Onnx;

/// <summary>One ONNX node as an operator's reader sees it: its inputs and attributes, each checked as it is asked for.</summary>
internal sealed class OnnxNode
{
    private readonly OnnxGraphReader _graph;
    private readonly NodeProto _node;

    internal OnnxNode(OnnxGraphReader graph, NodeProto node)
    {
        _graph = graph;
        _node = node;
        Attributes = new OnnxAttributes(node.Attribute);
    }

    internal string OpType => _node.OpType;

    internal string Name => _node.Name;

    internal int InputCount => _node.Input.Count;

    internal OnnxAttributes Attributes { get; }

    internal int MaxDimension => _graph.MaxDimension;

    /// <exception cref="OnnxFormatException">The node has fewer or more inputs.</exception>
    internal void ExpectInputs(int least, int most)
    {
        if (InputCount < least || InputCount > most)
            throw new OnnxFormatException($"has {InputCount} inputs where {(least == most ? least : $"{least} to {most}")} are read");
    }

    /// <summary>The computed value at an input.</summary>
    internal OnnxValue Value(int input) => _graph.TryGetValue(_node.Input[input], out var value)
        ? value
        : throw new OnnxFormatException($"reads {OnnxText.Quote(_node.Input[input])}, which no node before it gives");

    /// <summary>The computed value at an input, which must be of the given rank.</summary>
    internal OnnxValue Value(int input, int rank)
    {
        var value = Value(input);
        return value.Rank == rank ? value : throw new OnnxFormatException($"reads {OnnxText.Quote(_node.Input[input])}, which has {value.Rank} axes where {rank} are needed");
    }

    /// <summary>The constant at an input with its number of dimensions checked; its values are checked when they are taken.</summary>
    internal TensorProto Tensor(int input, int rank)
    {
        var tensor = Tensor(input);
        if (tensor.Dims.Count != rank)
            throw new OnnxFormatException($"takes initialiser {OnnxText.Quote(tensor.Name)} of {tensor.Dims.Count} dimensions where {rank} are needed");
        OnnxTensors.CheckedLength(tensor, TensorProto.Types.DataType.Float);
        foreach (long dimension in tensor.Dims)
            if (dimension < 1 || dimension > _graph.MaxDimension)
                throw new OnnxFormatException($"takes initialiser {OnnxText.Quote(tensor.Name)} of dimensions [{string.Join(", ", tensor.Dims)}]");
        return tensor;
    }

    /// <summary>One finite number.</summary>
    internal float Scalar(int input)
    {
        var tensor = Tensor(input);
        Span<float> value = stackalloc float[1];
        if (OnnxTensors.CheckedLength(tensor, TensorProto.Types.DataType.Float) != 1 || tensor.Dims.Count > 1)
            throw new OnnxFormatException($"takes initialiser {OnnxText.Quote(tensor.Name)} where a single number is needed");
        OnnxTensors.CopyFloats(tensor, value);
        return float.IsFinite(value[0]) ? value[0] : throw new OnnxFormatException($"takes {value[0]} from initialiser {OnnxText.Quote(tensor.Name)}");
    }

    /// <summary>A short list of finite numbers of an exact count.</summary>
    internal float[] Floats(int input, int count)
    {
        var tensor = Tensor(input);
        if (OnnxTensors.CheckedLength(tensor, TensorProto.Types.DataType.Float) != count || tensor.Dims.Count != 1)
            throw new OnnxFormatException($"takes initialiser {OnnxText.Quote(tensor.Name)} where a list of {count} is needed");
        var values = new float[count];
        OnnxTensors.CopyFloats(tensor, values);
        return values.All(float.IsFinite) ? values : throw new OnnxFormatException($"takes a value that is no number from initialiser {OnnxText.Quote(tensor.Name)}");
    }

    /// <summary>A short list of whole numbers of an exact count, each in 0 … the largest dimension.</summary>
    internal int[] Integers(int input, int count)
    {
        var tensor = Tensor(input);
        if (OnnxTensors.CheckedLength(tensor, TensorProto.Types.DataType.Int64) != count || tensor.Dims.Count != 1)
            throw new OnnxFormatException($"takes initialiser {OnnxText.Quote(tensor.Name)} where a list of {count} is needed");
        long[] values = OnnxTensors.ReadIntegers(tensor);
        foreach (long value in values)
            if (value < 0 || value > _graph.MaxDimension)
                throw new OnnxFormatException($"takes {value} from initialiser {OnnxText.Quote(tensor.Name)}");
        return [.. values.Select(value => (int)value)];
    }

    /// <summary>The sliding window in the node's attributes, for a kernel that is known already or stands there too.</summary>
    internal Window Window(int[]? kernel)
    {
        int most = _graph.MaxDimension;
        int[] stated = Attributes.TakeInts("kernel_shape", kernel, 2, 1, most);
        if (kernel is not null && !stated.AsSpan().SequenceEqual(kernel))
            throw new OnnxFormatException($"says its kernel is {stated[0]}x{stated[1]} and has weights for {kernel[0]}x{kernel[1]}");
        int[] strides = Attributes.TakeInts("strides", [1, 1], 2, 1, most);
        int[] pads = Attributes.TakeInts("pads", [0, 0, 0, 0], 4, 0, most);
        Attributes.TakeInts("dilations", [1, 1], 2, 1, 1);
        return new Window(stated[0], stated[1], strides[0], strides[1], pads[0], pads[1], pads[2], pads[3]);
    }

    /// <summary>The operation of an earlier node with the same constants and attributes, or a new one: weights that a file has once stay so.</summary>
    internal T Shared<T>(Func<T> create) where T : Operation =>
        _graph.Shared($"{_node.OpType}\n{string.Join('\n', _node.Input.Skip(1))}\n{string.Join('\n', _node.Attribute.Select(a => a.ToString()).Order(StringComparer.Ordinal))}", create);

    internal void Bind(Parameter parameter, TensorProto tensor) => _graph.Bind(parameter, tensor);

    /// <summary>The one node that reads this node's output, or null.</summary>
    internal NodeProto? OnlyReader => _graph.OnlyReader(_node.Output[0]);

    /// <summary>True where a name stands for a constant.</summary>
    internal bool IsConstant(string name) => _graph.Constant(name) is not null;

    /// <summary>Adds the layer that this node is.</summary>
    internal OnnxValue Layer(Operation operation, int rank, params ReadOnlySpan<OnnxValue> inputs)
    {
        var layers = new Layer[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) layers[i] = inputs[i].Layer;
        return new OnnxValue(_graph.AddLayer(operation, Name, layers), rank);
    }

    private TensorProto Tensor(int input) => _graph.Constant(_node.Input[input])
        ?? throw new OnnxFormatException($"needs a constant where it reads {OnnxText.Quote(_node.Input[input])}");
}
