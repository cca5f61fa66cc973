using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Matrix products: a linear layer or pointwise convolution if the weights are known, otherwise <see cref="MatMul"/>.</summary>
internal static class OnnxMatrices
{
    internal static OnnxValue[] ReadGemm(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        float alpha = node.Attributes.TakeFloat("alpha", 1), beta = node.Attributes.TakeFloat("beta", 1);
        bool leftTurned = node.Attributes.TakeInt("transA", 0) != 0, rightTurned = node.Attributes.TakeInt("transB", 0) != 0;
        node.Attributes.Ignore("broadcast");
        var a = node.Value(0);
        if (a.Rank != 2) throw new OnnxFormatException($"reads a value with {a.Rank} axes where 2 are needed");
        if (leftTurned) a = Turned(a);
        if (a.BatchAxis > 0) throw new OnnxBatchException("sums over the batch");
        if (node.ConstantOrNull(1) is not { IsFloat: true } known || known.Dimensions.Length != 2)
        {
            var b = node.Value(1);
            if (b.Rank != 2) throw new OnnxFormatException($"reads a value with {b.Rank} axes where 2 are needed");
            var product = Multiply(node, a, rightTurned ? Turned(b) : b);
            if (alpha != 1) product = product with { Layer = node.Helper(new Affine(0, alpha), product.Layer) };
            return [node.Has(2) ? AddTo(node, product, beta) : product];
        }
        int inputs = known.Dimensions[rightTurned ? 1 : 0], outputs = known.Dimensions[rightTurned ? 0 : 1];
        var bias = node.Has(2) ? node.ConstantOrNull(2) : null;
        // One value per output, or a single value for all, is the layer's bias; anything else is added after it.
        bool hasBias = bias is { IsFloat: true, Length: > 0 }
            && (bias.Length == 1 || bias.Length == outputs && bias.Dimensions[^1] == outputs);
        var y = Weighted(node, a, known, rightTurned, inputs, outputs, alpha, hasBias ? bias : null, beta);
        return [node.Has(2) && !hasBias ? AddTo(node, y, beta) : y];
    }

    private static OnnxValue AddTo(OnnxNode node, OnnxValue product, float beta)
    {
        var c = node.Value(2);
        if (beta != 1) c = c with { Layer = node.Helper(new Affine(0, beta), c.Layer) };
        return OnnxArithmetic.Combine(node, ArithmeticFunction.Add, product, c, isMain: false);
    }

    private static OnnxValue Turned(OnnxValue x) => x with
    {
        Dimensions = [x.Dimensions[1], x.Dimensions[0]],
        Order = [.. x.Order.Select(axis => 1 - axis)],
        BatchAxis = x.BatchAxis < 0 ? -1 : 1 - x.BatchAxis,
    };

    internal static OnnxValue[] ReadMatMul(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var a = node.Value(0);
        if (a.Rank >= 2 && node.ConstantOrNull(1) is { IsFloat: true } known && known.Dimensions.Length == 2)
            return [Weighted(node, a, known, turned: false, known.Dimensions[0], known.Dimensions[1], 1, null, 1)];
        return [Multiply(node, a, node.Value(1))];
    }

    /// <summary>Multiplies the last axis by a known matrix.</summary>
    private static OnnxValue Weighted(OnnxNode node, OnnxValue a, OnnxConstant matrix, bool turned, int inputs, int outputs, float alpha,
        OnnxConstant? bias, float beta)
    {
        int last = a.Rank - 1;
        if (last == a.BatchAxis) throw new OnnxBatchException("sums over the batch");
        if (inputs != a.Dimensions[last] || inputs < 1 || outputs < 1)
            throw new OnnxFormatException($"multiplies [{string.Join(", ", a.Dimensions)}] by {matrix}");
        int[] order = [.. a.Order.Where(axis => axis != last), last], dimensions = [.. a.Dimensions[..last], outputs];
        node.CheckShape(a.BatchAxis == 0 ? dimensions[1..] : dimensions);
        a = OnnxLayout.Arrange(node, a, order);
        bool isVector = a.Layer.Shape.Length == inputs;
        var layer = isVector ? OnnxLayout.View(node, a.Layer, new Shape(inputs))
            : a.Layer.Shape.Channels == inputs ? a.Layer : OnnxLayout.View(node, a.Layer, new Shape(inputs, a.Layer.Shape.Length / inputs));
        Operation operation;
        NetworkParameter weight;
        NetworkParameter? shift;
        if (isVector)
        {
            var linear = node.Shared(() => new Linear(inputs, outputs, bias is not null));
            (operation, weight, shift) = (linear, linear.Weight, linear.Bias);
        }
        else
        {
            var convolution = node.Shared(() => new Convolution(inputs, outputs, Window.Square(1), bias: bias is not null));
            (operation, weight, shift) = (convolution, convolution.Weight, convolution.Bias);
        }
        node.Bind(weight, values =>
        {
            if (turned) matrix.CopyFloats(values);
            else matrix.Transposed([1, 0]).CopyTo(values);
            Scale(values, alpha);
        });
        if (shift is not null)
            node.Bind(shift, values =>
            {
                if (bias!.Length == values.Length) bias.CopyFloats(values);
                else values.Fill(bias.Floats()[0]);
                Scale(values, beta);
            });
        return new OnnxValue(node.Main(operation, layer), dimensions, order, a.BatchAxis);
    }

    private static void Scale(Span<float> values, float factor)
    {
        if (factor == 1) return;
        foreach (ref float value in values) value *= factor;
    }

    /// <summary>The product of two computed values, with matrices in the last two axes.</summary>
    private static OnnxValue Multiply(OnnxNode node, OnnxValue a, OnnxValue b)
    {
        if (a.Rank < 2 || b.Rank < 2) throw new OnnxFormatException("multiplies vectors; only matrices are supported");
        int rank = Math.Max(a.Rank, b.Rank);
        if (a.Rank != rank || b.Rank != rank) throw new OnnxFormatException("multiplies values with different numbers of axes");
        if (a.BatchAxis != b.BatchAxis)
        {
            a = OnnxArithmetic.WithBatch(a, Math.Max(a.BatchAxis, b.BatchAxis));
            b = OnnxArithmetic.WithBatch(b, a.BatchAxis);
        }
        if (a.BatchAxis >= rank - 2) throw new OnnxBatchException("sums over the batch");
        int rows = a.Dimensions[^2], inner = a.Dimensions[^1], columns = b.Dimensions[^1];
        if (inner != b.Dimensions[^2])
            throw new OnnxFormatException($"multiplies [{string.Join(", ", a.Dimensions)}] by [{string.Join(", ", b.Dimensions)}]");
        int[] dimensions = [.. a.Dimensions];
        for (int axis = 0; axis < rank - 2; axis++)
            if (axis != a.BatchAxis) dimensions[axis] = Math.Max(a.Dimensions[axis], b.Dimensions[axis]);
        int[] order = OnnxLayout.RowMajor(rank, a.BatchAxis);
        a = OnnxArithmetic.Spread(node, OnnxLayout.Arrange(node, a, order), [.. dimensions[..^2], rows, inner], order);
        b = OnnxArithmetic.Spread(node, OnnxLayout.Arrange(node, b, order), [.. dimensions[..^2], inner, columns], order);
        dimensions[^1] = columns;
        node.CheckShape(a.BatchAxis == 0 ? dimensions[1..] : dimensions);
        int matrices = OnnxLayout.Product(order.SkipLast(2).Select(axis => dimensions[axis]));
        var left = OnnxLayout.View(node, a.Layer, new Shape(inner, matrices, rows));
        var right = OnnxLayout.View(node, b.Layer, new Shape(columns, matrices, inner));
        return new OnnxValue(node.Main(new MatMul(), left, right), dimensions, order, a.BatchAxis);
    }
}
