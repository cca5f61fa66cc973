using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>Element-wise operators with one input.</summary>
internal static class OnnxElementWise
{
    internal static OnnxValue[] ReadRelu(OnnxNode node) => Unary(node, new Relu());

    internal static OnnxValue[] ReadElu(OnnxNode node) => Unary(node, new Elu(node.Attributes.TakeFloat("alpha", 1)));

    internal static OnnxValue[] ReadSigmoid(OnnxNode node) => Unary(node, new Sigmoid());

    internal static OnnxValue[] ReadTanh(OnnxNode node) => Unary(node, new Tanh());

    internal static OnnxValue[] ReadExp(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Exp));

    internal static OnnxValue[] ReadLog(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Log));

    internal static OnnxValue[] ReadSqrt(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Sqrt));

    internal static OnnxValue[] ReadAbs(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Abs));

    internal static OnnxValue[] ReadReciprocal(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Reciprocal));

    internal static OnnxValue[] ReadSoftplus(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Softplus));

    internal static OnnxValue[] ReadSoftsign(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Softsign));

    internal static OnnxValue[] ReadErf(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Erf));

    internal static OnnxValue[] ReadRound(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Round));

    internal static OnnxValue[] ReadFloor(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Floor));

    internal static OnnxValue[] ReadCeil(OnnxNode node) => Unary(node, new Elementary(ElementaryFunction.Ceil));

    internal static OnnxValue[] ReadNeg(OnnxNode node) => Unary(node, new Affine(0, -1));

    internal static OnnxValue[] ReadLeakyRelu(OnnxNode node) => Unary(node, new LeakyRelu(node.Attributes.TakeFloat("alpha", 0.01f)));

    internal static OnnxValue[] ReadIdentity(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        return [node.Value(0)];
    }

    /// <summary>All computed values are float32, so a cast to float32, or to one of less or more digits, does nothing.</summary>
    internal static OnnxValue[] ReadCast(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        long to = node.Attributes.TakeInt("to", 0);
        node.Attributes.Ignore("saturate");
        if (to is < 0 or > 64 || !OnnxTensors.IsFloat((int)to))
            throw new OnnxFormatException($"casts to {(TensorProto.Types.DataType)to}; casts to floating-point numbers are supported");
        return [node.Value(0)];
    }

    internal static OnnxValue[] ReadClip(OnnxNode node)
    {
        node.ExpectInputs(1, 3);
        float least = node.Attributes.TakeAnyFloat("min", float.NegativeInfinity),
            most = node.Attributes.TakeAnyFloat("max", float.PositiveInfinity);
        if (node.Has(1)) least = Limit(node, 1);
        if (node.Has(2)) most = Limit(node, 2);
        return node.ElementWise(new Clip(least, most), node.Value(0));
    }

    private static float Limit(OnnxNode node, int input) => node.Constant(input) is { Length: 1 } limit
        ? limit.Floats()[0]
        : throw new OnnxFormatException($"takes initialiser {node.Constant(input)} where a single number is needed");

    /// <summary>Scaled exponential linear unit (SELU): gamma * Elu (Klambauer et al., arXiv 1706.02515).</summary>
    internal static OnnxValue[] ReadSelu(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        float alpha = node.Attributes.TakeFloat("alpha", 1.67326319f), gamma = node.Attributes.TakeFloat("gamma", 1.05070102f);
        var x = node.Value(0);
        return node.ElementWise(new Affine(0, gamma), x with { Layer = node.Helper(new Elu(alpha), x.Layer) });
    }

    /// <summary>max(x, 0) + min(0, α(exp(x / α) - 1)): an ELU of x / α, times α.</summary>
    internal static OnnxValue[] ReadCelu(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        float alpha = node.Attributes.TakeFloat("alpha", 1);
        if (alpha == 0) throw new OnnxFormatException("has an alpha of 0");
        var x = node.Value(0);
        var scaled = node.Helper(new Affine(0, 1 / alpha), x.Layer);
        return node.ElementWise(new Affine(0, alpha), x with { Layer = node.Helper(new Elu(1), scaled) });
    }

    internal static OnnxValue[] ReadHardSigmoid(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        float alpha = node.Attributes.TakeFloat("alpha", 0.2f), beta = node.Attributes.TakeFloat("beta", 0.5f);
        var x = node.Value(0);
        return node.ElementWise(new Clip(0, 1), x with { Layer = HardLine(node, x.Layer, alpha, beta) });
    }

    /// <summary>x times the normal distribution's Φ(x), or its approximation by tanh (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
    internal static OnnxValue[] ReadGelu(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        string approximate = node.Attributes.TakeText("approximate", "none");
        if (approximate is not ("none" or "tanh")) throw new OnnxFormatException($"has approximate = {OnnxText.Quote(approximate)}");
        Layer curve;
        if (approximate == "none")
            curve = node.Helper(new Elementary(ElementaryFunction.Erf), node.Helper(new Affine(0, MathF.Sqrt(0.5f)), x.Layer));
        else
        {
            // x + 0.044715 x³ = x (1 + 0.044715 x²)
            var square = node.Helper(new Arithmetic(ArithmeticFunction.Multiply), x.Layer, x.Layer);
            var cubic = node.Helper(new Arithmetic(ArithmeticFunction.Multiply), x.Layer,
                node.Helper(new Affine(-1 / 0.044715f, 0.044715f), square));
            curve = node.Helper(new Tanh(), node.Helper(new Affine(0, MathF.Sqrt(2 / MathF.PI)), cubic));
        }
        var share = node.Helper(new Affine(-1, 0.5f), curve);
        return [x with { Layer = node.Main(new Arithmetic(ArithmeticFunction.Multiply), x.Layer, share) }];
    }

    /// <summary>x tanh(softplus(x)) (Misra, arXiv 1908.08681).</summary>
    internal static OnnxValue[] ReadMish(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        var curve = node.Helper(new Tanh(), node.Helper(new Elementary(ElementaryFunction.Softplus), x.Layer));
        return [x with { Layer = node.Main(new Arithmetic(ArithmeticFunction.Multiply), x.Layer, curve) }];
    }

    internal static OnnxValue[] ReadHardSwish(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        var gate = node.Helper(new Clip(0, 1), HardLine(node, x.Layer, 1f / 6, 0.5f));
        return [x with { Layer = node.Main(new Arithmetic(ArithmeticFunction.Multiply), x.Layer, gate) }];
    }

    /// <summary>alpha * x + beta.</summary>
    private static Layer HardLine(OnnxNode node, Layer x, float alpha, float beta)
    {
        if (alpha == 0) throw new OnnxFormatException("has an alpha of 0");
        return node.Helper(new Affine(-beta / alpha, alpha), x);
    }

    /// <summary>x where above alpha, else 0: x times (x - alpha clipped to a step).</summary>
    internal static OnnxValue[] ReadThresholdedRelu(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        float alpha = node.Attributes.TakeFloat("alpha", 1);
        var x = node.Value(0);
        // The step's width is tiny (2⁻¹⁰⁰), yet its inverse is finite.
        var step = node.Helper(new Clip(0, 1), node.Helper(new Affine(alpha, 1 / MathF.ScaleB(1, -100)), x.Layer));
        return [x with { Layer = node.Main(new Arithmetic(ArithmeticFunction.Multiply), x.Layer, step) }];
    }

    /// <summary>One slope per channel becomes a PReLU layer; any other slope becomes max(x, 0) + slope * min(x, 0).</summary>
    internal static OnnxValue[] ReadPRelu(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0);
        if (node.ConstantOrNull(1) is { IsFloat: true } slope && x.Rank >= 2 && x.BatchAxis <= 0 && IsPerChannel(
            slope.Dimensions, x.Dimensions, node.OperatorSet))
        {
            var (layer, order) = OnnxNormalizations.ChannelsLast(node, x);
            var operation = new PRelu(x.Dimensions[1]);
            node.Bind(operation.Slope, values =>
            {
                if (slope.Length == 1) values.Fill(slope.Floats()[0]);
                else slope.CopyFloats(values);
            });
            return [new OnnxValue(node.Main(operation, layer), x.Dimensions, order, x.BatchAxis)];
        }
        var below = x with { Layer = node.Helper(new Clip(float.NegativeInfinity, 0), x.Layer) };
        var above = x with { Layer = node.Helper(new Relu(), x.Layer) };
        return [OnnxArithmetic.Combine(node, ArithmeticFunction.Add, above,
            OnnxArithmetic.Combine(node, ArithmeticFunction.Multiply, below, node.Value(1), isMain: false))];
    }

    private static bool IsPerChannel(int[] slope, int[] x, long operatorSet)
    {
        int channels = x[1], length = OnnxLayout.Product(slope);
        if (length == 1) return true;
        if (length != channels) return false;
        // Before operator set 7, a one-dimensional slope was one slope per channel; since then it is aligned with the last axis.
        return slope.Length == 1 ? x.Length == 2 || operatorSet < 7 : slope.Length >= x.Length - 1 && slope[^(x.Length - 1)] == channels;
    }

    private static OnnxValue[] Unary(OnnxNode node, Operation operation)
    {
        node.ExpectInputs(1, 1);
        return node.ElementWise(operation, node.Value(0));
    }
}
