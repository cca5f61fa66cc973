using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>One ONNX node as its operator's reader sees it: its inputs and attributes, each validated when it is requested.</summary>
internal sealed class OnnxNode
{
    private readonly OnnxGraphReader _graph;
    private readonly NodeProto _node;
    private bool _isNamed;

    internal OnnxNode(OnnxGraphReader graph, NodeProto node)
    {
        _graph = graph;
        _node = node;
        Attributes = new OnnxAttributes(node.Attribute);
    }

    internal string OpType => _node.OpType;

    internal string Name => _node.Name;

    internal long OperatorSet => _graph.OperatorSet;

    internal int InputCount => _node.Input.Count;

    internal int OutputCount => _node.Output.Count;

    internal OnnxAttributes Attributes { get; }

    /// <summary>True if the input is given; optional inputs may be omitted.</summary>
    internal bool Has(int input) => input < InputCount && _node.Input[input].Length > 0;

    /// <summary>True if the output is used.</summary>
    internal bool Wants(int output) => output < _node.Output.Count && _graph.IsRead(_node.Output[output]);

    /// <summary>True if an output beyond the first <paramref name="outputs"/> has a name, whether it is used or not.</summary>
    internal bool GivesMoreThan(int outputs) => _node.Output.Skip(outputs).Any(name => name.Length > 0);

    /// <exception cref="OnnxFormatException">The node has fewer or more inputs.</exception>
    internal void ExpectInputs(int least, int most)
    {
        if (InputCount >= least && InputCount <= most) return;
        string needed = least == most ? $"{least}" : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}";
        throw new OnnxFormatException($"has {InputCount} inputs where {needed} are needed");
    }

    /// <summary>The constant at an input, or null if it depends on the network's input.</summary>
    internal OnnxConstant? ConstantOrNull(int input) => _graph.Constant(_node.Input[input]);

    /// <summary>The constant at an input.</summary>
    internal OnnxConstant Constant(int input) => ConstantOrNull(input)
        ?? throw new OnnxFormatException($"needs a constant where it reads {OnnxText.Quote(_node.Input[input])}");

    /// <summary>The constant at an input, with its number of dimensions checked.</summary>
    internal OnnxConstant Constant(int input, int rank)
    {
        var constant = Constant(input);
        return constant.Dimensions.Length == rank && constant.Dimensions.All(d => d > 0) && constant.IsFloat
            ? constant
            : throw new OnnxFormatException(
                $"takes initialiser {constant} where {rank} dimensions{(constant.IsFloat ? "" : " of float32")} are needed");
    }

    /// <summary>One finite number.</summary>
    internal float Scalar(int input)
    {
        var constant = Constant(input);
        if (constant.Length != 1) throw new OnnxFormatException($"takes initialiser {constant} where a single number is needed");
        float value = constant.Floats()[0];
        return float.IsFinite(value) ? value : throw new OnnxFormatException($"takes {value} from initialiser {constant}");
    }

    /// <summary>A short list of integers.</summary>
    internal long[] Integers(int input)
    {
        var constant = Constant(input);
        return constant.Length <= OnnxGraphReader.MaxRank * 2
            ? constant.Integers()
            : throw new OnnxFormatException($"takes initialiser {constant} where a list of a few numbers is needed");
    }

    /// <summary>The computed value at an input; a constant becomes a layer.</summary>
    internal OnnxValue Value(int input)
    {
        if (_graph.TryGetValue(_node.Input[input], out var value)) return value;
        return ConstantOrNull(input) is { } constant
            ? _graph.Promote(this, constant)
            : throw new OnnxFormatException($"reads {OnnxText.Quote(_node.Input[input])}, which no earlier node produces");
    }

    /// <summary>The value at an input as [batch, channels, height, width] in the engine's order, for operators over images.</summary>
    internal OnnxValue Image(int input)
    {
        var value = Value(input);
        if (value.Rank != 4)
            throw new OnnxFormatException($"reads {OnnxText.Quote(_node.Input[input])}, which has {value.Rank} axes where 4 are needed");
        RequireBatch(value);
        value = OnnxLayout.Arrange(this, value, OnnxLayout.ImageOrder(value.BatchAxis));
        return value with { Layer = OnnxLayout.View(this, value.Layer, OnnxLayout.ShapeOf(value)) };
    }

    /// <exception cref="OnnxFormatException">The first axis is neither the batch nor of size 1.</exception>
    internal static void RequireBatch(OnnxValue value)
    {
        if (value.BatchAxis > 0) throw new OnnxBatchException("needs the batch as its first axis");
        if (!value.HasBatch) throw new OnnxFormatException("reads a value whose first axis is not the batch where it must be");
    }

    internal int MaxValues => _graph.MaxValues;

    internal int MaxDimension => _graph.MaxDimension;

    /// <summary>
    /// The operation of an earlier node with the same constants and attributes, or a new one: weights that the file stores once stay
    /// shared.
    /// </summary>
    internal T Shared<T>(Func<T> create) where T : Operation
    {
        var attributes = _node.Attribute.Where(a => a.T is null).Select(a => Convert.ToHexString(a.ToByteArray()));
        return _graph.Shared(
            $"{typeof(T).Name}\n{string.Join('\n', _node.Input.Skip(1))}\n{string.Join('\n', attributes.Order(StringComparer.Ordinal))}",
            create);
    }

    /// <summary>Registers that a parameter is filled from a constant with the parameter's dimensions.</summary>
    internal void Bind(NetworkParameter parameter, OnnxConstant constant)
    {
        if (!constant.IsFloat || !constant.Dimensions.AsSpan().SequenceEqual([.. parameter.Dimensions]))
            throw new OnnxFormatException(
                $"takes initialiser {constant} where [{string.Join(", ", parameter.Dimensions)}] of float32 is needed");
        _graph.Bind(parameter, constant.CopyFloats);
    }

    /// <summary>Registers how a parameter is filled once the network is built.</summary>
    internal void Bind(NetworkParameter parameter, OnnxFill fill) => _graph.Bind(parameter, fill);

    /// <summary>The only node that reads this node's output, or null.</summary>
    internal NodeProto? OnlyReader => _graph.OnlyReader(_node.Output[0]);

    /// <summary>True if a name refers to a constant with a single number.</summary>
    internal bool IsScalar(string name) => _graph.Constant(name) is { IsFloat: true, Length: 1 };

    /// <summary>Adds the layer that represents this node, with its name.</summary>
    internal Layer Main(Operation operation, params ReadOnlySpan<Layer> inputs)
    {
        string name = _isNamed ? "" : Name;
        _isNamed = true;
        return _graph.AddLayer(operation, name, inputs);
    }

    /// <summary>Adds a helper layer for this node.</summary>
    internal Layer Helper(Operation operation, params ReadOnlySpan<Layer> inputs) => _graph.AddLayer(operation, "", inputs);

    /// <summary>Builds a network from the layers read so far.</summary>
    internal Network Build((string Name, Layer Layer)[] outputs) => _graph.Build(outputs);

    internal void CheckShape(int[] dimensions) => _graph.CheckShape(dimensions);

    /// <summary>An element-wise layer on a value.</summary>
    internal OnnxValue[] ElementWise(Operation operation, OnnxValue x) =>
        [new OnnxValue(Main(operation, x.Layer), x.Dimensions, x.Order, x.BatchAxis)];

    internal OnnxValue Promote(OnnxConstant constant, int[] order) => _graph.Promote(this, constant, order);
}

/// <summary>Fills a parameter's values.</summary>
internal delegate void OnnxFill(Span<float> values);
