using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Normalisation, softmax and dropout.</summary>
internal static class OnnxNormalizations
{
    internal static OnnxValue[] ReadBatchNormalization(OnnxNode node)
    {
        node.ExpectInputs(5, 5);
        var x = node.Value(0);
        node.Attributes.Expect("training_mode", 0, 0);
        // Before operator set 14 the outputs decide: whoever takes the batch's statistics as well takes them of the batch.
        if (node.OperatorSet is >= 7 and < 14 && node.GivesMoreThan(1))
            throw new OnnxFormatException("gives a batch's statistics, so it normalises with them as in training; "
                + "export the network for inference")
            { HasAdvice = true };
        node.Attributes.Expect("spatial", 1, 1);
        node.Attributes.Expect("is_test", 1, node.OperatorSet < 7 ? 0 : 1);
        node.Attributes.Ignore("consumed_inputs");
        float epsilon = node.Attributes.TakeFloat("epsilon", 1e-5f);
        // ONNX's momentum is the weight of the old statistics, the engine's that of the new batch. 1 - 0.9f is not quite 0.1f, but is after
        // rounding to six decimals.
        float momentum = (float)Math.Round(1.0 - node.Attributes.TakeFloat("momentum", 0.9f), 6);
        var (layer, order) = ChannelsLast(node, x);
        var scale = node.Constant(1, 1);
        var normalization = node.Shared(() => new BatchNormalization(scale.Dimensions[0], epsilon, momentum));
        node.Bind(normalization.Scale, scale);
        node.Bind(normalization.Shift, node.Constant(2, 1));
        node.Bind(normalization.RunningMean, node.Constant(3, 1));
        node.Bind(normalization.RunningVariance, node.Constant(4, 1));
        return [new OnnxValue(node.Main(normalization, layer), x.Dimensions, order, x.BatchAxis)];
    }

    /// <summary>The value with axis 1 innermost and as the layer's channels.</summary>
    internal static (Layer Layer, int[] Order) ChannelsLast(OnnxNode node, OnnxValue x)
    {
        if (x.Rank < 2) throw new OnnxFormatException($"reads a value with {x.Rank} axes where batch and channels are needed");
        if (x.BatchAxis > 0) throw new OnnxBatchException("needs the batch as its first axis");
        int[] order = [.. x.Order.Where(axis => axis != 1), 1];
        x = OnnxLayout.Arrange(node, x, order);
        int channels = x.Dimensions[1];
        return (x.Layer.Shape.Channels == channels ? x.Layer
            : OnnxLayout.View(node, x.Layer, new Shape(channels, x.Layer.Shape.Length / channels)), order);
    }

    internal static OnnxValue[] ReadLocalResponseNormalization(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        long size = node.Attributes.TakeInt("size", 0);
        if (size < 1 || size > node.MaxDimension) throw new OnnxFormatException($"has size = {size}");
        var operation = new LocalResponseNormalization((int)size,
            node.Attributes.TakeFloat("alpha", 1e-4f), node.Attributes.TakeFloat("beta", 0.75f), node.Attributes.TakeFloat("bias", 1));
        var x = node.Value(0);
        var (layer, order) = ChannelsLast(node, x);
        return [new OnnxValue(node.Main(operation, layer), x.Dimensions, order, x.BatchAxis)];
    }

    internal static OnnxValue[] ReadSoftmax(OnnxNode node) => [Softmax(node, isMain: true)];

    internal static OnnxValue[] ReadLogSoftmax(OnnxNode node) =>
        node.ElementWise(new Elementary(ElementaryFunction.Log), Softmax(node, isMain: false));

    /// <summary>Since operator set 13 over one axis; before that, over all axes from one on, treated as a single axis.</summary>
    private static OnnxValue Softmax(OnnxNode node, bool isMain)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        int axis = x.ExampleAxis(node.Attributes.TakeInt("axis", node.OperatorSet >= 13 ? -1 : 1));
        int[] over = node.OperatorSet >= 13 ? [axis] : [.. Enumerable.Range(axis, x.Rank - axis)];
        if (over.Contains(x.BatchAxis)) throw new OnnxBatchException("works along the batch");
        // Axes of size 1 change nothing. If several axes remain, they keep their order, which does not matter for a sum.
        int[] inner = [.. x.Order.Where(over.Contains)], order = [.. x.Order.Where(o => !over.Contains(o)), .. inner];
        x = OnnxLayout.Arrange(node, x, order);
        int channels = OnnxLayout.Product(over.Select(o => x.Dimensions[o]));
        var layer = x.Layer.Shape.Channels == channels ? x.Layer
            : OnnxLayout.View(node, x.Layer, new Shape(channels, x.Layer.Shape.Length / channels));
        return new OnnxValue(isMain ? node.Main(new Softmax(), layer) : node.Helper(new Softmax(), layer), x.Dimensions, order,
            x.BatchAxis);
    }

    /// <summary>The identity outside of training mode; kept as a layer, because a network needs it for further training.</summary>
    internal static OnnxValue[] ReadDropout(OnnxNode node)
    {
        node.ExpectInputs(1, 3);
        var x = node.Value(0);
        node.Attributes.Ignore("seed");
        node.Attributes.Expect("is_test", 1, node.OperatorSet < 7 ? 0 : 1);
        float rate = node.Attributes.TakeFloat("ratio", 0.5f);
        if (node.Has(1)) rate = node.Scalar(1);
        if (node.Has(2) && node.Constant(2) is { } training && (training.Length != 1 || training.Integers()[0] != 0) && rate != 0)
            throw new OnnxFormatException("is in training mode");
        if (!(rate >= 0 && rate < 1)) throw new OnnxFormatException($"has the ratio {rate}");
        var y = node.ElementWise(new Dropout(rate), x)[0];
        if (!node.Wants(1)) return [y];
        // The mask of kept values: all of them.
        int[] dimensions = [.. x.Dimensions];
        if (x.BatchAxis >= 0) dimensions[x.BatchAxis] = 1;
        var kept = node.Promote(OnnxConstant.Repeated("", dimensions, 1), OnnxLayout.RowMajor(x.Rank, -1));
        return [y, x.BatchAxis >= 0 ? OnnxArithmetic.WithBatch(kept, x.BatchAxis) : kept];
    }
}
