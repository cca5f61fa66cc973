using Fer.Pipeline.Networks.Onnx.Proto;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks.Onnx;

/// <summary>
/// Turns the nodes of a network into ONNX nodes, one by one. The engine sees a vector as n x 1 x 1, ONNX tells [batch, n] from
/// [batch, n, 1, 1]: the rank of every value is followed, and helper nodes (see <see cref="OnnxHelperNames"/>) are put in where it has to change.
/// </summary>
internal sealed class OnnxGraphWriter
{
    private readonly Network _network;
    private readonly OnnxWriteOptions _options;
    private readonly GraphProto _graph = new();
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _nodeNames;
    private readonly Value[] _values;
    private readonly Value _input;

    private readonly record struct Value(string Name, int Rank);

    internal OnnxGraphWriter(Network network, OnnxWriteOptions options)
    {
        _network = network;
        _options = options;
        _values = new Value[network.Nodes.Count];
        _nodeNames = [.. network.Nodes.Select(n => n.Name)];
        // Parameters first: they alone have to keep their names whatever else is called so.
        foreach (var parameter in network.Parameters) _names.Add(parameter.Name);
        if (options.InputName == options.OutputName || !_names.Add(options.InputName) || !_names.Add(options.OutputName))
            throw new FerException(
                $"'{options.InputName}' and '{options.OutputName}' cannot name the input and the output: two different names that no parameter has are needed.");
        _input = new Value(options.InputName, 4);
    }

    internal GraphProto Write()
    {
        _graph.Name = _network.Architecture;
        _graph.Input.Add(Info(_input, _network.Input));
        foreach (var parameter in _network.Parameters)
            _graph.Initializer.Add(OnnxTensors.Floats(parameter.Name, parameter.Values, parameter.Dimensions));
        foreach (var node in _network.Nodes) _values[node.Index] = Write(node);
        Finish();
        return _graph;
    }

    private Value Write(Node node)
    {
        var x = node.Inputs[0] < 0 ? _input : _values[node.Inputs[0]];
        return node.Operation switch
        {
            Convolution c => Write(node, "Conv", 4, [AtRank(node, x, 4).Name, c.Weight.Name, .. Names(c.Bias)],
                OnnxAttributes.Ints("kernel_shape", c.Window.KernelHeight, c.Window.KernelWidth),
                OnnxAttributes.Ints("strides", c.Window.StrideHeight, c.Window.StrideWidth),
                Pads(c.Window),
                OnnxAttributes.Int("group", c.Groups)),
            BatchNormalization b => Write(node, "BatchNormalization", x.Rank,
                [x.Name, b.Scale.Name, b.Shift.Name, b.RunningMean.Name, b.RunningVariance.Name],
                OnnxAttributes.Float("epsilon", b.Epsilon),
                OnnxAttributes.Float("momentum", 1f - b.Momentum)),
            Relu => Write(node, "Relu", x.Rank, [x.Name]),
            Clip c => Write(node, "Clip", x.Rank, [x.Name, Scalar(node, "min", c.Minimum), Scalar(node, "max", c.Maximum)]),
            Resize r => WriteResize(node, AtRank(node, x, 4), r),
            Elu e => Write(node, "Elu", x.Rank, [x.Name], OnnxAttributes.Float("alpha", e.Alpha)),
            MaxPool p => Write(node, "MaxPool", 4, [AtRank(node, x, 4).Name], Pooling(p.Window)),
            AveragePool p => Write(node, "AveragePool", 4, [AtRank(node, x, 4).Name],
                [.. Pooling(p.Window), OnnxAttributes.Int("count_include_pad", p.CountPadding ? 1 : 0)]),
            GlobalAveragePool => WriteGlobalAveragePool(node, AtRank(node, x, 4)),
            Flatten => Write(node, "Flatten", 2, [x.Name], OnnxAttributes.Int("axis", 1)),
            Linear l => Write(node, "Gemm", 2, [AtRank(node, x, 2).Name, l.Weight.Name, .. Names(l.Bias)], OnnxAttributes.Int("transB", 1)),
            // Without its training_mode input, ONNX's Dropout is the identity; the rate is kept for who trains on.
            Dropout d => Write(node, "Dropout", x.Rank, [x.Name, Scalar(node, "ratio", d.Rate)]),
            Add => WriteJoin(node, "Add"),
            Concat => WriteJoin(node, "Concat", OnnxAttributes.Int("axis", 1)),
            Affine a => WriteAffine(node, x, a),
            Crop c => WriteCrop(node, AtRank(node, x, 4), c),
            Mirror => Write(node, "Gather", 4, [AtRank(node, x, 4).Name, Integers(node, "columns", [.. Enumerable.Range(0, node.Shape.Width).Reverse()])],
                OnnxAttributes.Int("axis", 3)),
            Softmax => Write(node, "Softmax", x.Rank, [x.Name], OnnxAttributes.Int("axis", 1)),
            _ => throw new FerException($"Layer '{node.Name}' ({node.Operation.Kind}) has no ONNX form in this version."),
        };
    }

    private Value WriteGlobalAveragePool(Node node, Value x)
    {
        var pooled = Write(node, "GlobalAveragePool", 4, [x.Name]);
        return WriteHelper(node, OnnxHelperNames.Flatten, "Flatten", 2, [pooled.Name], OnnxAttributes.Int("axis", 1));
    }

    private Value WriteAffine(Node node, Value x, Affine affine)
    {
        var centred = WriteHelper(node, OnnxHelperNames.Difference, "Sub", x.Rank, [x.Name, Scalar(node, "mean", affine.Mean)]);
        return Write(node, "Mul", x.Rank, [centred.Name, Scalar(node, "scale", affine.Scale)]);
    }

    private Value WriteCrop(Node node, Value x, Crop crop) => Write(node, "Slice", 4,
    [
        x.Name,
        Integers(node, "starts", crop.Top, crop.Left),
        Integers(node, "ends", crop.Top + crop.Height, crop.Left + crop.Width),
        Integers(node, "axes", 2, 3),
    ]);

    private Value WriteResize(Node node, Value x, Resize resize)
    {
        var input = _network.InputShapes(node)[0];
        string scales = Unique($"{node.Name}.scales");
        _graph.Initializer.Add(OnnxTensors.Floats(scales, [1, 1, Scale(input.Height, resize.Height), Scale(input.Width, resize.Width)], [4]));
        return Write(node, "Resize", 4, [x.Name, "", scales],
            OnnxAttributes.Text("mode", "linear"), OnnxAttributes.Text("coordinate_transformation_mode", "half_pixel"));

        // Runtimes round the product down, so the scale must not fall short of the size by its own rounding.
        static float Scale(int from, int to)
        {
            float scale = (float)to / from;
            while (from * scale < to) scale = MathF.BitIncrement(scale);
            return scale;
        }
    }

    /// <summary>Writes an operator over several values, which ONNX wants of one rank.</summary>
    private Value WriteJoin(Node node, string type, params AttributeProto[] attributes)
    {
        Value[] inputs = [.. node.Inputs.Select(i => i < 0 ? _input : _values[i])];
        int rank = inputs.Max(i => i.Rank);
        return Write(node, type, rank, [.. inputs.Select(i => AtRank(node, i, rank).Name)], attributes);
    }

    /// <summary>The value itself, or its [batch, n] or [batch, n, 1, 1] form through a helper node.</summary>
    private Value AtRank(Node node, Value value, int rank)
    {
        if (value.Rank == rank) return value;
        return rank == 2
            ? WriteHelper(node, OnnxHelperNames.Flatten, "Flatten", 2, [value.Name], OnnxAttributes.Int("axis", 1))
            : WriteHelper(node, OnnxHelperNames.Unsqueeze, "Unsqueeze", 4, [value.Name, Integers(node, "unsqueezed", 2, 3)]);
    }

    private Value Write(Node node, string type, int rank, string[] inputs, params AttributeProto[] attributes) =>
        Write(node.Name, type, rank, inputs, attributes);

    private Value WriteHelper(Node node, Func<string, string> nameFor, string type, int rank, string[] inputs, params AttributeProto[] attributes)
    {
        // A join may need several helpers, and runtimes refuse two nodes of one name.
        string layer = node.Name, name;
        while (!_nodeNames.Add(name = nameFor(layer))) layer += "_";
        return Write(name, type, rank, inputs, attributes);
    }

    private Value Write(string name, string type, int rank, string[] inputs, AttributeProto[] attributes)
    {
        string output = Unique(name);
        _graph.Node.Add(new NodeProto { Name = name, OpType = type, Input = { inputs }, Output = { output }, Attribute = { attributes } });
        return new Value(output, rank);
    }

    /// <summary>Gives the last value its promised name, and its promised rank where it is a vector.</summary>
    private void Finish()
    {
        var last = _network.Nodes[^1];
        var value = _values[last.Index];
        if (last.Shape.Area == 1) value = AtRank(last, value, 2);
        // The last value has no reader: every other node stands before it.
        var writer = _graph.Node[^1];
        writer.Output[0] = _options.OutputName;
        _graph.Output.Add(Info(value with { Name = _options.OutputName }, last.Shape));
    }

    private string Unique(string name)
    {
        while (!_names.Add(name)) name += "_";
        return name;
    }

    private string Scalar(Node node, string role, float value)
    {
        string name = Unique($"{node.Name}.{role}");
        _graph.Initializer.Add(OnnxTensors.Floats(name, [value], []));
        return name;
    }

    private string Integers(Node node, string role, params long[] values)
    {
        string name = Unique($"{node.Name}.{role}");
        _graph.Initializer.Add(OnnxTensors.Integers(name, values));
        return name;
    }

    private static string[] Names(Parameter? parameter) => parameter is null ? [] : [parameter.Name];

    private static AttributeProto[] Pooling(Window window) =>
    [
        OnnxAttributes.Ints("kernel_shape", window.KernelHeight, window.KernelWidth),
        OnnxAttributes.Ints("strides", window.StrideHeight, window.StrideWidth),
        Pads(window),
    ];

    private static AttributeProto Pads(Window window) =>
        OnnxAttributes.Ints("pads", window.PadTop, window.PadLeft, window.PadBottom, window.PadRight);

    private static ValueInfoProto Info(Value value, Shape shape)
    {
        int[] sizes = value.Rank == 2 ? [shape.Length] : [shape.Channels, shape.Height, shape.Width];
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" } } };
        foreach (int size in sizes) dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto
        {
            Name = value.Name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = dimensions } },
        };
    }
}
