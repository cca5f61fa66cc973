using Fer.Pipeline.Networks.Onnx.Proto;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks.Onnx;

/// <summary>What each ONNX operator becomes. To read one more, add its method and its line in the table.</summary>
internal static class OnnxOperators
{
    private static readonly Dictionary<string, Func<OnnxNode, OnnxValue>> Readers = new(StringComparer.Ordinal)
    {
        ["Add"] = ReadAdd,
        ["AveragePool"] = ReadAveragePool,
        ["BatchNormalization"] = ReadBatchNormalization,
        ["Clip"] = ReadClip,
        ["Concat"] = ReadConcat,
        ["Conv"] = ReadConvolution,
        ["Dropout"] = ReadDropout,
        ["Elu"] = ReadElu,
        ["Flatten"] = ReadFlatten,
        ["Gather"] = ReadMirror,
        ["Gemm"] = ReadLinear,
        ["GlobalAveragePool"] = ReadGlobalAveragePool,
        ["MaxPool"] = ReadMaxPool,
        ["Mul"] = ReadMultiplication,
        ["Relu"] = ReadRelu,
        ["Resize"] = ReadResize,
        ["Slice"] = ReadCrop,
        ["Softmax"] = ReadSoftmax,
        ["Sub"] = ReadSubtraction,
        ["Unsqueeze"] = ReadUnsqueeze,
    };

    /// <summary>The operators that are read, for messages.</summary>
    internal static string Known { get; } = string.Join(", ", Readers.Keys.Order(StringComparer.Ordinal));

    internal static bool IsDefaultDomain(string domain) => domain is "" or "ai.onnx";

    internal static bool IsKnown(NodeProto node) => IsDefaultDomain(node.Domain) && Readers.ContainsKey(node.OpType);

    internal static OnnxValue Read(OnnxNode node) => Readers[node.OpType](node);

    private static OnnxValue ReadConvolution(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        var x = node.Value(0, 4);
        var weight = node.Tensor(1, 4);
        long groups = node.Attributes.TakeInt("group", 1);
        var window = node.Window([(int)weight.Dims[2], (int)weight.Dims[3]]);
        if (groups < 1 || groups > x.Layer.Shape.Channels || groups * weight.Dims[1] != x.Layer.Shape.Channels)
            throw new OnnxFormatException($"has {groups} groups of {weight.Dims[1]} channels over an input of {x.Layer.Shape}");
        var convolution = node.Shared(() => new Convolution(x.Layer.Shape.Channels, (int)weight.Dims[0], window, (int)groups, node.InputCount == 3));
        node.Bind(convolution.Weight, weight);
        if (convolution.Bias is { } bias) node.Bind(bias, node.Tensor(2, 1));
        return node.Layer(convolution, 4, x);
    }

    private static OnnxValue ReadBatchNormalization(OnnxNode node)
    {
        node.ExpectInputs(5, 5);
        var x = node.Value(0);
        node.Attributes.Expect("training_mode", 0, 0);
        float epsilon = node.Attributes.TakeFloat("epsilon", 1e-5f);
        // ONNX counts the share of the old statistics, the engine that of the new batch. 1 - 0.9f is not quite 0.1f: six decimals are.
        float momentum = (float)Math.Round(1.0 - node.Attributes.TakeFloat("momentum", 0.9f), 6);
        var scale = node.Tensor(1, 1);
        var normalization = node.Shared(() => new BatchNormalization((int)scale.Dims[0], epsilon, momentum));
        node.Bind(normalization.Scale, scale);
        node.Bind(normalization.Shift, node.Tensor(2, 1));
        node.Bind(normalization.RunningMean, node.Tensor(3, 1));
        node.Bind(normalization.RunningVariance, node.Tensor(4, 1));
        return node.Layer(normalization, x.Rank, x);
    }

    private static OnnxValue ReadLinear(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        var x = node.Value(0, 2);
        node.Attributes.Expect("transA", 0, 0);
        node.Attributes.Expect("transB", 1, 0);
        if (node.Attributes.TakeFloat("alpha", 1) != 1 || node.Attributes.TakeFloat("beta", 1) != 1)
            throw new OnnxFormatException("has an alpha or beta other than 1");
        var weight = node.Tensor(1, 2);
        var linear = node.Shared(() => new Linear((int)weight.Dims[1], (int)weight.Dims[0], node.InputCount == 3));
        node.Bind(linear.Weight, weight);
        if (linear.Bias is { } bias) node.Bind(bias, node.Tensor(2, 1));
        return node.Layer(linear, 2, x);
    }

    private static OnnxValue ReadRelu(OnnxNode node) => Unary(node, new Relu());

    private static OnnxValue ReadElu(OnnxNode node) => Unary(node, new Elu(node.Attributes.TakeFloat("alpha", 1)));

    private static OnnxValue ReadClip(OnnxNode node)
    {
        node.ExpectInputs(3, 3);
        var x = node.Value(0);
        return node.Layer(new Clip(node.Scalar(1), node.Scalar(2)), x.Rank, x);
    }

    private static OnnxValue ReadMaxPool(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        node.Attributes.Expect("storage_order", 0, 0);
        return node.Layer(new MaxPool(PoolingWindow(node)), 4, node.Value(0, 4));
    }

    private static OnnxValue ReadAveragePool(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        bool countPadding = node.Attributes.TakeInt("count_include_pad", 0) != 0;
        return node.Layer(new AveragePool(PoolingWindow(node), countPadding), 4, node.Value(0, 4));
    }

    private static OnnxValue ReadGlobalAveragePool(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        return node.Layer(new GlobalAveragePool(), 4, node.Value(0, 4)) with { IsPooled = true };
    }

    private static OnnxValue ReadFlatten(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        node.Attributes.Expect("axis", 1, 1);
        // The engine keeps [batch, n] and [batch, n, 1, 1] alike: the flatten behind a global pool, or put in by the writer, is no layer.
        bool isLayer = x.Rank == 2 || x.Layer.Shape.Area != 1 || !(OnnxHelperNames.IsFlatten(node.Name) || x.IsPooled);
        return isLayer ? node.Layer(new Flatten(), 2, x) : x with { Rank = 2, IsPooled = false };
    }

    private static OnnxValue ReadUnsqueeze(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0, 2);
        return node.Integers(1, 2) is [2, 3] ? x with { Rank = 4 } : throw new OnnxFormatException("adds other axes than height and width");
    }

    private static OnnxValue ReadDropout(OnnxNode node)
    {
        node.ExpectInputs(1, 2);
        var x = node.Value(0);
        return node.Layer(new Dropout(node.InputCount == 2 ? node.Scalar(1) : 0.5f), x.Rank, x);
    }

    private static OnnxValue ReadAdd(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0);
        return node.Layer(new Add(), x.Rank, x, node.Value(1, x.Rank));
    }

    private static OnnxValue ReadConcat(OnnxNode node)
    {
        node.ExpectInputs(1, int.MaxValue);
        node.Attributes.Expect("axis", 1, 1);
        int rank = node.Value(0).Rank;
        OnnxValue[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(i => node.Value(i, rank))];
        // Checked here as well, because the sum of many channels could pass an int before the layer's shape is looked at.
        if (inputs.Sum(i => (long)i.Layer.Shape.Channels) > int.MaxValue) throw new OnnxFormatException("joins too many channels");
        return node.Layer(new Concat(), rank, inputs);
    }

    /// <summary>The first half of an <see cref="Affine"/>; alone it is one with the scale 1.</summary>
    private static OnnxValue ReadSubtraction(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0);
        float mean = node.Scalar(1);
        bool goesOn = node.OnlyReader is { OpType: "Mul", Input.Count: 2 } next && node.IsConstant(next.Input[1]);
        return goesOn ? x with { Mean = mean, IsPooled = false } : node.Layer(new Affine(mean, 1), x.Rank, x);
    }

    private static OnnxValue ReadMultiplication(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0);
        return node.Layer(new Affine(x.Mean, node.Scalar(1)), x.Rank, x);
    }

    private static OnnxValue ReadCrop(OnnxNode node)
    {
        node.ExpectInputs(4, 4);
        var x = node.Value(0, 4);
        int[] starts = node.Integers(1, 2), ends = node.Integers(2, 2);
        if (node.Integers(3, 2) is not [2, 3]) throw new OnnxFormatException("cuts along other axes than height and width");
        return node.Layer(new Crop(starts[0], starts[1], ends[0] - starts[0], ends[1] - starts[1]), 4, x);
    }

    private static OnnxValue ReadResize(OnnxNode node)
    {
        node.ExpectInputs(3, 3);
        var x = node.Value(0, 4);
        if (node.Attributes.TakeText("mode", "nearest") != "linear" || node.Attributes.TakeText("coordinate_transformation_mode", "half_pixel") != "half_pixel")
            throw new OnnxFormatException("resizes in another way than linear with half_pixel coordinates");
        float[] scales = node.Floats(2, 4);
        if (scales[0] != 1 || scales[1] != 1) throw new OnnxFormatException("resizes other axes than height and width");
        return node.Layer(new Resize(Scaled(x.Layer.Shape.Height, scales[2]), Scaled(x.Layer.Shape.Width, scales[3]), new ResizeOptions { Interpolation = Interpolation.Linear }), 4, x);

        int Scaled(int side, float scale) => side * scale is >= 1 and var scaled && scaled <= node.MaxDimension
            ? (int)scaled
            : throw new OnnxFormatException($"resizes {side} pixels by {scale}");
    }

    private static OnnxValue ReadMirror(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0, 4);
        node.Attributes.Expect("axis", 3, 0);
        int[] columns = node.Integers(1, x.Layer.Shape.Width);
        if (!columns.AsSpan().SequenceEqual([.. Enumerable.Range(0, columns.Length).Reverse()])) throw new OnnxFormatException("gathers other columns than all from the last to the first");
        return node.Layer(new Mirror(), 4, x);
    }

    private static OnnxValue ReadSoftmax(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        long axis = node.Attributes.TakeInt("axis", -1);
        if (axis != 1 && axis != 1 - x.Rank) throw new OnnxFormatException($"goes along axis {axis}; only the channels' axis 1 is read");
        return node.Layer(new Softmax(), x.Rank, x);
    }

    private static OnnxValue Unary(OnnxNode node, Operation operation)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        return node.Layer(operation, x.Rank, x);
    }

    private static Window PoolingWindow(OnnxNode node)
    {
        node.Attributes.Expect("ceil_mode", 0, 0);
        var window = node.Window(null);
        // A window that lies in the padding alone would have no maximum and no mean.
        if (Math.Max(window.PadTop, window.PadBottom) >= window.KernelHeight || Math.Max(window.PadLeft, window.PadRight) >= window.KernelWidth)
            throw new OnnxFormatException("has as much padding as kernel");
        return window;
    }
}
