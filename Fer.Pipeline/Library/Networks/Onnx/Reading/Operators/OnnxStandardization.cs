using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Normalisation of each example by its own mean and variance, spelled out in reductions and arithmetic, all of which can be trained.
/// </summary>
internal static class OnnxStandardization
{
    /// <summary>Over the last axes (Ba et al., arXiv 1607.06450).</summary>
    internal static OnnxValue[] ReadLayerNormalization(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        var x = node.Value(0);
        node.Attributes.Ignore("stash_type");
        float epsilon = node.Attributes.TakeFloat("epsilon", 1e-5f);
        int axis = x.ExampleAxis(node.Attributes.TakeInt("axis", -1));
        var (y, mean, deviation) = Standardized(node, x, [.. Enumerable.Range(axis, x.Rank - axis)], epsilon);
        y = Scaled(node, y, node.Value(1), node.Has(2) ? node.Value(2) : null);
        return node.GivesMoreThan(1)
            ? [y, mean, deviation with { Layer = node.Helper(new Elementary(ElementaryFunction.Reciprocal), deviation.Layer) }] : [y];
    }

    /// <summary>Over the places of each channel (Ulyanov et al., arXiv 1607.08022).</summary>
    internal static OnnxValue[] ReadInstanceNormalization(OnnxNode node)
    {
        node.ExpectInputs(3, 3);
        node.Attributes.Ignore("consumed_inputs");
        var x = node.Value(0);
        if (x.Rank < 3) throw new OnnxFormatException($"reads a value with {x.Rank} axes, which has no places");
        var (y, _, _) = Standardized(node, x, [.. Enumerable.Range(2, x.Rank - 2)], node.Attributes.TakeFloat("epsilon", 1e-5f));
        return [Scaled(node, y, OfChannels(node, 1, x), OfChannels(node, 2, x))];
    }

    /// <summary>Over groups of channels and their places (Wu and He, arXiv 1803.08494).</summary>
    internal static OnnxValue[] ReadGroupNormalization(OnnxNode node)
    {
        node.ExpectInputs(3, 3);
        node.Attributes.Ignore("stash_type");
        var x = node.Value(0);
        OnnxNode.RequireBatch(x);
        long groups = node.Attributes.TakeInt("num_groups", 0);
        if (x.Rank < 2 || groups < 1 || groups > x.Dimensions[1] || x.Dimensions[1] % groups != 0)
            throw new OnnxFormatException($"has {groups} groups over [{string.Join(", ", x.Dimensions)}]");
        int each = OnnxLayout.Product(x.Dimensions[1..]) / (int)groups;
        var y = OnnxShapes.Regrouped(node, x, [x.Dimensions[0], (int)groups, each]);
        (y, _, _) = Standardized(node, y, [2], node.Attributes.TakeFloat("epsilon", 1e-5f));
        // Before operator set 21 there is one scale a group.
        if (node.OperatorSet < 21)
            return [OnnxShapes.Regrouped(node, Scaled(node, y, OfChannels(node, 1, y), OfChannels(node, 2, y)), x.Dimensions)];
        return [Scaled(node, OnnxShapes.Regrouped(node, y, x.Dimensions), OfChannels(node, 1, x), OfChannels(node, 2, x))];
    }

    /// <summary>y = (x - mean) / deviation over some axes, where the deviation is sqrt(variance + epsilon).</summary>
    private static (OnnxValue Y, OnnxValue Mean, OnnxValue Deviation) Standardized(OnnxNode node, OnnxValue x, int[] axes, float epsilon)
    {
        if (axes.Contains(x.BatchAxis)) throw new OnnxBatchException("works along the batch");
        if (epsilon < 0) throw new OnnxFormatException($"has epsilon = {epsilon}");
        var mean = OnnxReductions.Over(node, x, axes, keep: true, new GlobalAveragePool(), isMain: false);
        var off = OnnxArithmetic.Combine(node, ArithmeticFunction.Subtract, x, mean, isMain: false);
        var square = off with { Layer = node.Helper(new Arithmetic(ArithmeticFunction.Multiply), off.Layer, off.Layer) };
        var variance = OnnxReductions.Over(node, square, axes, keep: true, new GlobalAveragePool(), isMain: false);
        var deviation = variance with
        {
            Layer = node.Helper(new Elementary(ElementaryFunction.Sqrt), node.Helper(new Affine(-epsilon, 1), variance.Layer)),
        };
        return (OnnxArithmetic.Combine(node, ArithmeticFunction.Divide, off, deviation, isMain: false), mean, deviation);
    }

    private static OnnxValue Scaled(OnnxNode node, OnnxValue x, OnnxValue scale, OnnxValue? shift)
    {
        // A scale that is larger than the value would broadcast the value.
        int[] dimensions = x.Dimensions;
        x = OnnxArithmetic.Combine(node, ArithmeticFunction.Multiply, x, scale, isMain: shift is null);
        if (shift is not null) x = OnnxArithmetic.Combine(node, ArithmeticFunction.Add, x, shift);
        return x.Dimensions.AsSpan().SequenceEqual(dimensions) ? x
            : throw new OnnxFormatException($"scales [{string.Join(", ", dimensions)}] by [{string.Join(", ", scale.Dimensions)}]");
    }

    /// <summary>One constant a channel, as a value that broadcasts over all places.</summary>
    private static OnnxValue OfChannels(OnnxNode node, int input, OnnxValue x)
    {
        var constant = node.Constant(input, 1);
        int[] dimensions = [1, constant.Length, .. Enumerable.Repeat(1, x.Rank - 2)];
        return node.Promote(constant.Reshaped(constant.Name, dimensions), OnnxLayout.RowMajor(x.Rank, -1));
    }
}
