using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Quantised networks in the QDQ form: every operator computes in floating point, between a pair that rounds to a grid and back. Values
/// on the grid are kept as float32, which holds all of them exactly. Weights become float32 while the file is read.
/// </summary>
internal static class OnnxQuantization
{
    /// <summary>Rounds x / scale + zero point to whole numbers within the element type.</summary>
    internal static OnnxValue[] ReadQuantize(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        node.Attributes.Expect("block_size", 0, 0);
        node.Attributes.Ignore("saturate");
        node.Attributes.Ignore("precision");
        var type = (TensorProto.Types.DataType)node.Attributes.TakeInt("output_dtype", 0);
        if (node.Has(2)) type = node.Constant(2).ElementType;
        var (least, most) = type switch
        {
            TensorProto.Types.DataType.Uint8 or TensorProto.Types.DataType.Undefined => (0f, 255f),
            TensorProto.Types.DataType.Int8 => (-128f, 127f),
            TensorProto.Types.DataType.Uint16 => (0f, 65_535f),
            TensorProto.Types.DataType.Int16 => (-32_768f, 32_767f),
            _ => throw new OnnxFormatException($"quantises to {type}; int8, uint8, int16 and uint16 are supported"),
        };
        var x = node.Value(0);
        long axis = node.Attributes.TakeInt("axis", 1);
        var scaled = OnnxArithmetic.Combine(node, ArithmeticFunction.Divide, x, Along(node, x, 1, axis), isMain: false);
        scaled = scaled with { Layer = node.Helper(new Elementary(ElementaryFunction.Round), scaled.Layer) };
        if (ZeroPoint(node, x, axis) is { } zero)
            scaled = OnnxArithmetic.Combine(node, ArithmeticFunction.Add, scaled, zero, isMain: false);
        return node.ElementWise(new Clip(least, most), scaled);
    }

    /// <summary>(x - zero point) * scale.</summary>
    internal static OnnxValue[] ReadDequantize(OnnxNode node)
    {
        node.ExpectInputs(2, 3);
        node.Attributes.Expect("block_size", 0, 0);
        node.Attributes.Ignore("output_dtype");
        var x = node.Value(0);
        long axis = node.Attributes.TakeInt("axis", 1);
        if (node.Constant(1).Length == 1 && (!node.Has(2) || node.Constant(2).Length == 1))
            return node.ElementWise(new Affine(node.Has(2) ? node.Scalar(2) : 0, node.Scalar(1)), x);
        if (ZeroPoint(node, x, axis) is { } zero) x = OnnxArithmetic.Combine(node, ArithmeticFunction.Subtract, x, zero, isMain: false);
        return [OnnxArithmetic.Combine(node, ArithmeticFunction.Multiply, x, Along(node, x, 1, axis))];
    }

    /// <summary>The zero point, or null where it is 0 throughout, as in most symmetric networks.</summary>
    private static OnnxValue? ZeroPoint(OnnxNode node, OnnxValue x, long axis) =>
        node.Has(2) && node.Constant(2) is { Length: <= 1 << 16 } zero && zero.Floats().Any(v => v != 0) ? Along(node, x, 2, axis) : null;

    /// <summary>A constant with one number for all, or one for each place of an axis, as a value that broadcasts over the others.</summary>
    private static OnnxValue Along(OnnxNode node, OnnxValue x, int input, long axis)
    {
        var constant = node.Constant(input);
        int[] dimensions = [.. Enumerable.Repeat(1, x.Rank)];
        if (constant.Length != 1)
        {
            int at = x.ExampleAxis(axis);
            if (constant.Dimensions.Length != 1 || constant.Length != x.Dimensions[at])
                throw new OnnxFormatException($"takes {constant} for axis {at} of [{string.Join(", ", x.Dimensions)}]");
            dimensions[at] = constant.Length;
        }
        return node.Promote(constant.Reshaped(constant.Name, dimensions), OnnxLayout.RowMajor(x.Rank, -1));
    }
}
