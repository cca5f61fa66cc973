using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Converts the nodes of a network to ONNX nodes, one by one. The engine treats a vector as n x 1 x 1, while ONNX distinguishes [batch, n]
/// from [batch, n, 1, 1]: the rank of every value is tracked, and helper nodes (see <see cref="OnnxHelperNames"/>) are inserted where it
/// has to change.
/// </summary>
internal sealed partial class OnnxGraphWriter
{
    private readonly Network _network;
    private readonly OnnxWriteOptions _options;
    private readonly GraphProto _graph = new();
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _nodeNames;
    private readonly Value[] _values;
    private readonly Value[] _inputs;
    /// <summary>A parameter's dimensions in ONNX, where they differ from the engine's.</summary>
    private readonly Dictionary<NetworkParameter, int[]> _dimensions = [];

    private readonly record struct Value(string Name, int Rank);

    internal OnnxGraphWriter(Network network, OnnxWriteOptions options)
    {
        _network = network;
        _options = options;
        _values = new Value[network.Nodes.Count];
        _nodeNames = [.. network.Nodes.Select(n => n.Name)];
        // Parameters first: only they must keep their names, whatever else has the same name.
        foreach (var parameter in network.Parameters) _names.Add(parameter.Name);
        if (options.InputName == options.OutputName || !_names.Add(options.InputName) || !_names.Add(options.OutputName))
            throw new FerException(
                $"'{options.InputName}' and '{options.OutputName}' cannot name input and output: "
                + "they must differ and not be names of parameters.");
        _inputs = [.. network.Inputs.Select((input, i) => new Value(i == 0 ? options.InputName : Unique(input.Name), 4))];
    }

    internal GraphProto Write()
    {
        _graph.Name = _network.Architecture;
        for (int i = 0; i < _inputs.Length; i++) _graph.Input.Add(Info(_inputs[i], _network.Inputs[i].Shape));
        foreach (var node in _network.Nodes) _values[node.Index] = Write(node);
        int at = 0;
        foreach (var parameter in _network.Parameters)
            _graph.Initializer.Insert(at++, OnnxTensors.Floats(
                parameter.Name, parameter.Values, _dimensions.GetValueOrDefault(parameter) ?? parameter.Dimensions));
        Finish();
        return _graph;
    }

    private Value Write(Node node)
    {
        if (node.Operation is Constant constant) return WriteConstant(constant);
        var x = ValueOf(node.Inputs[0]);
        return node.Operation switch
        {
            Convolution c => Write(node, "Conv", 4, [AtRank(node, x, 4).Name, c.Weight.Name, .. Names(c.Bias)],
                [.. Sliding(c.Window), OnnxAttributes.Int("group", c.Groups)]),
            BatchNormalization b => Write(node, "BatchNormalization", x.Rank,
                [x.Name, b.Scale.Name, b.Shift.Name, b.RunningMean.Name, b.RunningVariance.Name],
                OnnxAttributes.Float("epsilon", b.Epsilon),
                OnnxAttributes.Float("momentum", 1f - b.Momentum)),
            Relu => Write(node, "Relu", x.Rank, [x.Name]),
            Elu e => Write(node, "Elu", x.Rank, [x.Name], OnnxAttributes.Float("alpha", e.Alpha)),
            MaxPool p => Write(node, "MaxPool", 4, [AtRank(node, x, 4).Name], Pooling(p.Window)),
            AveragePool p => Write(node, "AveragePool", 4, [AtRank(node, x, 4).Name],
                [.. Pooling(p.Window), OnnxAttributes.Int("count_include_pad", p.CountPadding ? 1 : 0)]),
            GlobalAveragePool => WriteGlobalAveragePool(node, AtRank(node, x, 4)),
            Flatten => Write(node, "Flatten", 2, [x.Name], OnnxAttributes.Int("axis", 1)),
            Linear l => Write(node, "Gemm", 2, [AtRank(node, x, 2).Name, l.Weight.Name, .. Names(l.Bias)], OnnxAttributes.Int("transB", 1)),
            // Without its training_mode input, ONNX's Dropout is the identity; the rate is kept for further training.
            Dropout d when OperatorSet < 12 => Write(node, "Dropout", x.Rank, [x.Name], OnnxAttributes.Float("ratio", d.Rate)),
            Dropout d => Write(node, "Dropout", x.Rank, [x.Name, Scalar(node, "ratio", d.Rate)]),
            Add => WriteJoin(node, "Add"),
            Concat => WriteJoin(node, "Concat", OnnxAttributes.Int("axis", 1)),
            Affine a => WriteAffine(node, x, a),
            Crop c => WriteCrop(node, AtRank(node, x, 4), c),
            Mirror =>
                Write(node, "Gather", 4,
                    [AtRank(node, x, 4).Name, Integers(node, "columns", [.. Enumerable.Range(0, node.Shape.Width).Reverse()])],
                OnnxAttributes.Int("axis", 3)),
            Softmax when OperatorSet < 13 && node.Shape.Area > 1 =>
                throw new FerException($"Layer '{node.Name}' goes over the channels of each place, which softmax of operator set " +
                    $"{OperatorSet} cannot. Take 13 or newer."),
            Softmax => Write(node, "Softmax", x.Rank, [x.Name], OnnxAttributes.Int("axis", 1)),
            Clip c => Write(node, "Clip", x.Rank, [x.Name, .. Limits(node, c)]),
            LeakyRelu l => Write(node, "LeakyRelu", x.Rank, [x.Name], OnnxAttributes.Float("alpha", l.Alpha)),
            Sigmoid => Write(node, "Sigmoid", x.Rank, [x.Name]),
            Tanh => Write(node, "Tanh", x.Rank, [x.Name]),
            Elementary e => Write(node, $"{e.Function}", x.Rank, [x.Name]),
            PRelu p => WritePRelu(node, p, AtRank(node, x, 4)),
            LocalResponseNormalization l => Write(node, "LRN", 4, [AtRank(node, x, 4).Name],
                OnnxAttributes.Int("size", l.Size), OnnxAttributes.Float("alpha", l.Alpha), OnnxAttributes.Float("beta", l.Beta),
                OnnxAttributes.Float("bias", l.Bias)),
            Arithmetic a => WriteJoin(node, NameOf(a.Function)),
            Reduce r => WriteReduce(node, AtRank(node, x, 4), r),
            Reshape => WriteReshape(node, AtRank(node, x, 4)),
            Rearrange r => WriteRearrange(node, AtRank(node, x, 4), r),
            MatMul => WriteMatMul(node),
            Resize r => WriteResize(node, AtRank(node, x, 4), r),
            Recurrent r => WriteRecurrent(node, AtRank(node, x, 4), r),
            _ => throw new FerException($"Layer '{node.Name}' ({node.Operation.Kind}) cannot be written as ONNX."),
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

    /// <summary>Writes an operator on several values, which ONNX requires to have the same rank.</summary>
    private Value WriteJoin(Node node, string type, params AttributeProto[] attributes)
    {
        Value[] inputs = [.. node.Inputs.Select(ValueOf)];
        int rank = inputs.Max(i => i.Rank);
        return Write(node, type, rank, [.. inputs.Select(i => AtRank(node, i, rank).Name)], attributes);
    }

    /// <summary>The value itself, or its [batch, n] or [batch, n, 1, 1] form via a helper node.</summary>
    private Value AtRank(Node node, Value value, int rank)
    {
        if (value.Rank == rank) return value;
        return rank == 2
            ? WriteHelper(node, OnnxHelperNames.Flatten, "Flatten", 2, [value.Name], OnnxAttributes.Int("axis", 1))
            : WriteAxes(node, OnnxHelperNames.Unsqueeze, "Unsqueeze", 4, value, 2, 3);
    }

    private Value Write(Node node, string type, int rank, string[] inputs, params AttributeProto[] attributes) =>
        Write(node.Name, type, rank, inputs, attributes);

    private Value WriteHelper(Node node, Func<string, string> nameFor, string type, int rank, string[] inputs,
        params AttributeProto[] attributes)
    {
        // A concatenation may need several helpers, and runtimes reject two nodes with the same name.
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

    /// <summary>Gives the outputs the specified names, and vectors the specified rank.</summary>
    private void Finish()
    {
        foreach (var output in _network.Outputs)
        {
            var node = _network.Nodes[output.Node];
            var value = _values[output.Node];
            if (node.Shape.Area == 1) value = AtRank(node, value, 2);
            var writer = _graph.Node.LastOrDefault(n => n.Output[0] == value.Name);
            string name = _network.Outputs.Count == 1 ? _options.OutputName : Unique(output.Name);
            bool isRead = writer is null || _graph.Node.Any(n => n.Input.Contains(value.Name))
                || _graph.Output.Any(o => o.Name == value.Name);
            // A value that other nodes read keeps its name; a copy becomes the output.
            if (isRead)
                _graph.Node.Add(
                    new NodeProto { Name = Unique($"{node.Name}/output"), OpType = "Identity", Input = { value.Name }, Output = { name } });
            else writer!.Output[0] = name;
            _graph.Output.Add(Info(value with { Name = name }, node.Shape));
        }
    }

    private Value ValueOf(int node) => node < 0 ? _inputs[-1 - node] : _values[node];

    private int OperatorSet => _options.OperatorSet;

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

    private static string[] Names(NetworkParameter? parameter) => parameter is null ? [] : [parameter.Name];

    private static AttributeProto[] Pooling(Window window) =>
        window.CeilMode ? [.. Sliding(window), OnnxAttributes.Int("ceil_mode", 1)] : Sliding(window);

    private static AttributeProto[] Sliding(Window window)
    {
        AttributeProto[] plain =
        [
            OnnxAttributes.Ints("kernel_shape", window.KernelHeight, window.KernelWidth),
            OnnxAttributes.Ints("strides", window.StrideHeight, window.StrideWidth),
            OnnxAttributes.Ints("pads", window.PadTop, window.PadLeft, window.PadBottom, window.PadRight),
        ];
        bool isDilated = (window.DilationHeight, window.DilationWidth) != (1, 1);
        return isDilated ? [.. plain, OnnxAttributes.Ints("dilations", window.DilationHeight, window.DilationWidth)] : plain;
    }

    private static ValueInfoProto Info(Value value, Shape shape)
    {
        int[] sizes = value.Rank == 2 ? [shape.Length] : [shape.Channels, shape.Height, shape.Width];
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" } } };
        foreach (int size in sizes) dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto
        {
            Name = value.Name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor
                {
                    ElemType = (int)TensorProto.Types.DataType.Float,
                    Shape = dimensions
                }
            },
        };
    }
}
