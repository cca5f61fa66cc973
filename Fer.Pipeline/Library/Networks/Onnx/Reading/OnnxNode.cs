using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>One ONNX node as an operator's reader sees it: its inputs and attributes, each checked as it is asked for.</summary>
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

    /// <summary>True where the input is given; optional ones may be left out.</summary>
    internal bool Has(int input) => input < InputCount && _node.Input[input].Length > 0;

    /// <summary>True where something reads the output.</summary>
    internal bool Wants(int output) => output < _node.Output.Count && _graph.IsRead(_node.Output[output]);

    /// <exception cref="OnnxFormatException">The node has fewer or more inputs.</exception>
    internal void ExpectInputs(int least, int most)
    {
        if (InputCount < least || InputCount > most)
            throw new OnnxFormatException($"has {InputCount} inputs where {(least == most ? least : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}")} are read");
    }

    /// <summary>The constant at an input, or null where it is computed from the network's input.</summary>
    internal OnnxConstant? ConstantOrNull(int input) => _graph.Constant(_node.Input[input]);

    /// <summary>The constant at an input.</summary>
    internal OnnxConstant Constant(int input) => ConstantOrNull(input)
        ?? throw new OnnxFormatException($"needs a constant where it reads {OnnxText.Quote(_node.Input[input])}");

    /// <summary>The constant at an input with its number of dimensions checked.</summary>
    internal OnnxConstant Constant(int input, int rank)
    {
        var constant = Constant(input);
        return constant.Dimensions.Length == rank && constant.Dimensions.All(d => d > 0) && constant.IsFloat
            ? constant
            : throw new OnnxFormatException($"takes initialiser {constant} where {rank} dimensions{(constant.IsFloat ? "" : " of float32")} are needed");
    }

    /// <summary>One finite number.</summary>
    internal float Scalar(int input)
    {
        var constant = Constant(input);
        if (constant.Length != 1) throw new OnnxFormatException($"takes initialiser {constant} where a single number is needed");
        float value = constant.Floats()[0];
        return float.IsFinite(value) ? value : throw new OnnxFormatException($"takes {value} from initialiser {constant}");
    }

    /// <summary>A short list of whole numbers.</summary>
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
            : throw new OnnxFormatException($"reads {OnnxText.Quote(_node.Input[input])}, which no node before it gives");
    }

    /// <summary>The value at an input as [batch, channels, height, width] in the engine's order, for operators over images.</summary>
    internal OnnxValue Image(int input)
    {
        var value = Value(input);
        if (value.Rank != 4) throw new OnnxFormatException($"reads {OnnxText.Quote(_node.Input[input])}, which has {value.Rank} axes where 4 are needed");
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

    /// <summary>The operation of an earlier node with the same constants and attributes, or a new one: weights that a file has once stay so.</summary>
    internal T Shared<T>(Func<T> create) where T : Operation => _graph.Shared(
        $"{typeof(T).Name}\n{string.Join('\n', _node.Input.Skip(1))}\n{string.Join('\n', _node.Attribute.Select(a => a.ToString()).Order(StringComparer.Ordinal))}", create);

    /// <summary>Notes that a parameter takes its values from a constant whose dimensions are the parameter's.</summary>
    internal void Bind(NetworkParameter parameter, OnnxConstant constant)
    {
        if (!constant.IsFloat || !constant.Dimensions.AsSpan().SequenceEqual([.. parameter.Dimensions]))
            throw new OnnxFormatException(
                $"takes initialiser {constant} where [{string.Join(", ", parameter.Dimensions)}] of float32 is needed");
        _graph.Bind(parameter, constant.CopyFloats);
    }

    /// <summary>Notes how a parameter is filled once the network is built.</summary>
    internal void Bind(NetworkParameter parameter, OnnxFill fill) => _graph.Bind(parameter, fill);

    /// <summary>The one node that reads this node's output, or null.</summary>
    internal NodeProto? OnlyReader => _graph.OnlyReader(_node.Output[0]);

    /// <summary>True where a name stands for a constant of one number.</summary>
    internal bool IsScalar(string name) => _graph.Constant(name) is { IsFloat: true, Length: 1 };

    /// <summary>Adds the layer that this node is, under its name.</summary>
    internal Layer Main(Operation operation, params ReadOnlySpan<Layer> inputs)
    {
        string name = _isNamed ? "" : Name;
        _isNamed = true;
        return _graph.AddLayer(operation, name, inputs);
    }

    /// <summary>Adds a layer that helps this node's.</summary>
    internal Layer Helper(Operation operation, params ReadOnlySpan<Layer> inputs) => _graph.AddLayer(operation, "", inputs);

    /// <summary>Makes a network of the layers read so far.</summary>
    internal Network Build((string Name, Layer Layer)[] outputs) => _graph.Build(outputs);

    internal void CheckShape(int[] dimensions) => _graph.CheckShape(dimensions);

    /// <summary>An element-wise layer over a value.</summary>
    internal OnnxValue[] ElementWise(Operation operation, OnnxValue x) => [new OnnxValue(Main(operation, x.Layer), x.Dimensions, x.Order, x.BatchAxis)];

    internal OnnxValue Promote(OnnxConstant constant, int[] order) => _graph.Promote(this, constant, order);
}

/// <summary>Fills a parameter's values.</summary>
internal delegate void OnnxFill(Span<float> values);
