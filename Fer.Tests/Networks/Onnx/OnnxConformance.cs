using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;

namespace Fer.Tests.Networks.Onnx;

/// <summary>The official ONNX conformance cases as installed by Debian's libonnx-testdata, and how to run one.</summary>
internal static class OnnxConformance
{
    internal const string Root = "/usr/share/libonnx-testdata/data";

    internal static string? Missing => Directory.Exists(Root) ? null : $"Debian's libonnx-testdata is not installed ({Root}).";

    /// <summary>
    /// Operators whose float inputs are all computed; for others only the first is, and the rest are weights and settings.
    /// </summary>
    private static readonly string[] Joining = ["Add", "Sub", "Mul", "Div", "Pow", "Sum", "Mean", "Max", "Min", "Concat", "MatMul"];

    /// <summary>Cases whose operators are supported but which use an unsupported feature, with the reason.</summary>
    private static readonly (string Prefix, string Reason)[] Exceptions =
    [
        ("node/test_training_dropout", "expects the random numbers of another library"),
        ("node/test_dropout_random_old", "expects the random numbers of another library"),
        ("node/test_batchnorm_epsilon_training_mode", "training mode gives three outputs; training is the trainer's"),
        ("node/test_batchnorm_example_training_mode", "training mode gives three outputs; training is the trainer's"),
        ("node/test_maxpool_with_argmax", "its second output is int64"),
        ("node/test_range_", "worked out for constants alone"),
        ("node/test_reduce_prod", "worked out for constants alone"),
        ("node/test_slice_start_out_of_bounds", "a tensor without values"),
        ("node/test_split_zero_size_splits", "a tensor without values"),
        ("pytorch-converted/test_MaxPool1d_stride_padding_dilation", "an input whose sizes beside the batch are open"),
        ("node/test_reshape_allowzero_reordered", "a tensor without values"),
        ("node/test_convtranspose_3d", "convolutions over three axes are not read"),
        ("pytorch-converted/test_Conv3d", "convolutions over three axes are not read"),
    ];

    internal static string[] Folders => Missing is null
        ? [.. new[] { "node", "simple", "pytorch-converted" }.SelectMany(set => Directory.GetDirectories(Path.Combine(Root, set))).Select(
            d => Path.GetRelativePath(Root, d)).Order(StringComparer.Ordinal)]
        : [];

    internal static ModelProto Model(string folder) =>
        ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(File.ReadAllBytes(Path.Combine(Root, folder, "model.onnx")));

    /// <summary>Null if the case must pass, otherwise why it is not claimed.</summary>
    internal static string? WhyNot(string folder)
    {
        var model = Model(folder);
        foreach (var node in model.Graph.Node)
            if (!OnnxOperators.IsKnown(node)) return $"operator {node.OpType}";
        if (folder.StartsWith("node/test_training_dropout_zero_ratio", StringComparison.Ordinal)) return null;
        foreach (var (prefix, reason) in Exceptions)
            if (folder.StartsWith(prefix, StringComparison.Ordinal)) return reason;
        var computed = Computed(model);
        foreach (var value in model.Graph.Input)
            if ((TensorProto.Types.DataType)(value.Type?.TensorType?.ElemType ?? 1) is var type && !Enum.IsDefined(type))
                return $"element type {type}";
        foreach (var value in model.Graph.Input.Where(i => computed.Contains(i.Name)).Concat(model.Graph.Output))
            if (value.Type?.TensorType is not { } tensor) return "sequences and optional values";
            else if (tensor.ElemType is not ((int)TensorProto.Types.DataType.Float or (int)TensorProto.Types.DataType.Bool))
                return $"element type {(TensorProto.Types.DataType)tensor.ElemType}";
        return null;
    }

    /// <summary>The graph inputs that are given to the network at run time; the others are known when the model is read.</summary>
    private static HashSet<string> Computed(ModelProto model)
    {
        string[] inputs = [.. model.Graph.Input.Select(i => i.Name).Except(model.Graph.Initializer.Select(i => i.Name))];
        bool joins = model.Graph.Node.Count > 1 || model.Graph.Node.All(n => Joining.Contains(n.OpType));
        if (!joins && inputs.Length > 0 && TypeOf(inputs[0]) != TensorProto.Types.DataType.Int64) return [inputs[0]];
        return [.. inputs.Where(name => TypeOf(name) is null or TensorProto.Types.DataType.Float)];

        TensorProto.Types.DataType? TypeOf(string name) =>
            (TensorProto.Types.DataType?)model.Graph.Input.Single(i => i.Name == name).Type?.TensorType?.ElemType;
    }

    /// <summary>Reads the case's model and runs each of its data sets; throws if an output differs.</summary>
    internal static void Run(string folder)
    {
        var model = Model(folder);
        var computed = Computed(model);
        string[] names = [.. model.Graph.Input.Select(i => i.Name).Except(model.Graph.Initializer.Select(i => i.Name))];
        foreach (string set in Directory.GetDirectories(Path.Combine(Root, folder), "test_data_set_*"))
        {
            var inputs = names.Select((name, i) => (name, Tensor: Load(Path.Combine(set, $"input_{i}.pb")))).ToDictionary(
                p => p.name, p => p.Tensor);
            var constants = inputs.Where(p => !computed.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value);
            using var stream = File.OpenRead(Path.Combine(Root, folder, "model.onnx"));
            var network = OnnxReader.Read(stream, folder, null, constants, side: null);
            using var pool = new WorkerPool(2);
            int count = 1;
            for (int i = 0; i < network.Inputs.Count; i++)
                if (network.Inputs[i].Shape.Length is var length && inputs[network.Inputs[i].Name].Length / length is > 1 and var n)
                    count = n;
            using var executor = new NetworkExecutor(network, count, training: false, pool);
            for (int i = 0; i < network.Inputs.Count; i++)
                ToMemory(inputs[network.Inputs[i].Name], count, isInput: true).CopyTo(executor.InputOf(i));
            executor.Forward(count);
            for (int i = 0; i < network.Outputs.Count; i++)
                AssertClose(Load(Path.Combine(set, $"output_{i}.pb")), executor.OutputOf(i), count, network.Outputs[i].Name);
        }
    }

    internal static OnnxConstant Load(string path) =>
        OnnxConstant.Of(TensorProto.Parser.ParseFrom(File.ReadAllBytes(path)), Path.GetFileName(path));

    /// <summary>The values in the executor's memory order.</summary>
    internal static float[] ToMemory(OnnxConstant value, int count, bool isInput)
    {
        int batchAxis = value.Dimensions.Length > 0 && value.Dimensions[0] == count ? 0 : -1;
        int[] order = isInput ? OnnxLayout.NaturalInput(value.Dimensions, batchAxis) : OnnxLayout.Natural(value.Dimensions, batchAxis);
        return value.Transposed(batchAxis == 0 ? [0, .. order] : order);
    }

    internal static void AssertClose(OnnxConstant expected, ReadOnlySpan<float> actual, int count, string name, float relative = 1e-3f,
        float absolute = 1e-7f)
    {
        float[] values = ToMemory(expected, count, isInput: false);
        Assert.True(values.Length == actual.Length, $"{name}: {actual.Length} values where {values.Length} are expected.");
        for (int i = 0; i < values.Length; i++)
            Assert.True(values[i] == actual[i] || float.IsNaN(values[i]) && float.IsNaN(actual[i])
                || MathF.Abs(values[i] - actual[i]) <= absolute + relative * MathF.Abs(values[i]),
                $"{name}: value {i} is {actual[i]} where {values[i]} is expected.");
    }
}
