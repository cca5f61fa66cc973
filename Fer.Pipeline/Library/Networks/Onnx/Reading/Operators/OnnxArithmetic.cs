using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Element-wise operators with two or more inputs, with NumPy's broadcasting.</summary>
internal static class OnnxArithmetic
{
    internal static OnnxValue[] ReadAdd(OnnxNode node) => [Binary(node, ArithmeticFunction.Add)];

    internal static OnnxValue[] ReadDivision(OnnxNode node) => [Binary(node, ArithmeticFunction.Divide)];

    internal static OnnxValue[] ReadPower(OnnxNode node) => [Binary(node, ArithmeticFunction.Power)];

    internal static OnnxValue[] ReadSum(OnnxNode node) => [Fold(node, ArithmeticFunction.Add)];

    internal static OnnxValue[] ReadMax(OnnxNode node) => [Fold(node, ArithmeticFunction.Maximum)];

    internal static OnnxValue[] ReadMin(OnnxNode node) => [Fold(node, ArithmeticFunction.Minimum)];

    internal static OnnxValue[] ReadMean(OnnxNode node)
    {
        var sum = Fold(node, ArithmeticFunction.Add);
        return [sum with { Layer = node.Helper(new Affine(0, 1f / node.InputCount), sum.Layer) }];
    }

    /// <summary>Subtracting a number is the first half of an <see cref="Affine"/>; on its own it is one with scale 1.</summary>
    internal static OnnxValue[] ReadSubtraction(OnnxNode node)
    {
        ExpectTwo(node);
        if (!IsNumber(node, 1)) return [Binary(node, ArithmeticFunction.Subtract)];
        var x = node.Value(0);
        float mean = node.Scalar(1);
        bool goesOn = node.OnlyReader is { OpType: "Mul", Input.Count: 2 } next && node.IsScalar(next.Input[1]);
        return goesOn ? [x with { Mean = mean, IsPooled = false }] : node.ElementWise(new Affine(mean, 1), x);
    }

    internal static OnnxValue[] ReadMultiplication(OnnxNode node)
    {
        ExpectTwo(node);
        if (!IsNumber(node, 1)) return [Binary(node, ArithmeticFunction.Multiply)];
        var x = node.Value(0);
        return node.ElementWise(new Affine(x.Mean, node.Scalar(1)), x);
    }

    /// <summary>True for a single number that adds no axes to a computed value.</summary>
    private static bool IsNumber(OnnxNode node, int input) =>
        node.ConstantOrNull(input) is { IsFloat: true, Length: 1 } number && node.ConstantOrNull(0) is null
        && float.IsFinite(number.Floats()[0]) && number.Dimensions.Length <= node.Value(0).Rank;

    private static void ExpectTwo(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        // Attributes of old operator sets that repeat what the shapes say, or are hints about memory.
        long broadcast = node.Attributes.TakeInt("broadcast", 0), axis = node.Attributes.TakeInt("axis", 0);
        if (broadcast != 0 && axis != 0) throw new OnnxFormatException("aligns its second input by an axis, as in operator sets before 7");
        node.Attributes.Ignore("consumed_inputs");
    }

    private static OnnxValue Binary(OnnxNode node, ArithmeticFunction function)
    {
        ExpectTwo(node);
        return Combine(node, function, node.Value(0), node.Value(1));
    }

    private static OnnxValue Fold(OnnxNode node, ArithmeticFunction function)
    {
        node.ExpectInputs(1, 4096);
        var sum = node.Value(0);
        for (int i = 1; i < node.InputCount; i++) sum = Combine(node, function, sum, node.Value(i), isMain: i == node.InputCount - 1);
        return sum;
    }

    /// <summary>Adds element-wise arithmetic on two values.</summary>
    internal static OnnxValue Combine(OnnxNode node, ArithmeticFunction function, OnnxValue a, OnnxValue b, bool isMain = true)
    {
        (a, b) = Align(a, b);
        int batchAxis = Math.Max(a.BatchAxis, b.BatchAxis);
        var dimensions = new int[a.Rank];
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            var (x, y) = (a.Dimensions[axis], b.Dimensions[axis]);
            if (x != y && x != 1 && y != 1)
                throw new OnnxFormatException(
                    $"takes [{string.Join(", ", a.Dimensions)}] and [{string.Join(", ", b.Dimensions)}], which cannot be broadcast");
            dimensions[axis] = Math.Max(x, y);
        }
        node.CheckShape(batchAxis == 0 ? dimensions[1..] : dimensions);
        // The larger value's order is the cheapest: that value need not be moved.
        var fuller = OnnxLayout.Product(a.MemorySizes) >= OnnxLayout.Product(b.MemorySizes) ? a : b;
        int[] order = fuller.Order;
        a = OnnxLayout.Arrange(node, a, order);
        b = OnnxLayout.Arrange(node, b, order);
        var groups = Groups(a, b, order);
        if (groups.Count > 3)
        {
            a = Spread(node, a, dimensions, order);
            b = Spread(node, b, dimensions, order);
            groups = Groups(a, b, order);
        }
        var (left, right) = (a.Layer, b.Layer);
        var shape = OnnxLayout.ShapeOf(dimensions, order, batchAxis);
        bool isImage = dimensions.Length == 4 && shape == new Shape(dimensions[1], dimensions[2], dimensions[3]) && OnnxLayout.SameOrder(
            dimensions, order, OnnxLayout.ImageOrder(batchAxis));
        if (groups.Count <= 1 && left.Shape.Length == right.Shape.Length) right = OnnxLayout.View(node, right, left.Shape);
        else if (isImage)
        {
            left = OnnxLayout.View(node, left, new Shape(a.Dimensions[1], a.Dimensions[2], a.Dimensions[3]));
            right = OnnxLayout.View(node, right, new Shape(b.Dimensions[1], b.Dimensions[2], b.Dimensions[3]));
        }
        else
        {
            left = OnnxLayout.View(node, left, ShapeOf(groups.Select(g => g.Left)));
            right = OnnxLayout.View(node, right, ShapeOf(groups.Select(g => g.Right)));
        }
        Operation operation = function == ArithmeticFunction.Add && left.Shape == right.Shape ? new Add() : new Arithmetic(function);
        return new OnnxValue(isMain ? node.Main(operation, left, right) : node.Helper(operation, left, right), dimensions, order,
            batchAxis);
    }

    /// <summary>Gives both the same number of axes and the same batch axis.</summary>
    private static (OnnxValue A, OnnxValue B) Align(OnnxValue a, OnnxValue b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        (a, b) = (Widen(a, rank), Widen(b, rank));
        if (a.BatchAxis == b.BatchAxis) return (a, b);
        return a.BatchAxis < 0 ? (WithBatch(a, b.BatchAxis), b)
            : b.BatchAxis < 0 ? (a, WithBatch(b, a.BatchAxis))
            : throw new OnnxBatchException("takes values with different batch axes");
    }

    private static OnnxValue Widen(OnnxValue value, int rank)
    {
        int more = rank - value.Rank;
        if (more == 0) return value;
        return value with
        {
            Dimensions = [.. Enumerable.Repeat(1, more), .. value.Dimensions],
            Order = [.. Enumerable.Range(0, more), .. value.Order.Select(axis => axis + more)],
            BatchAxis = value.BatchAxis < 0 ? -1 : value.BatchAxis + more,
        };
    }

    /// <summary>A value that is the same for every example, with an axis of size 1 as its batch axis.</summary>
    internal static OnnxValue WithBatch(OnnxValue value, int axis) => value.BatchAxis == axis ? value
        : value.BatchAxis < 0 && value.Dimensions[axis] == 1
            ? value with { Order = [.. value.Order.Where(o => o != axis)], BatchAxis = axis }
        : throw new OnnxBatchException("takes a value that differs along the batch");

    /// <summary>
    /// Merges adjacent axes along which both values broadcast in the same way, outermost first; returns their sizes in either value.
    /// </summary>
    private static List<(int Left, int Right)> Groups(OnnxValue a, OnnxValue b, int[] order)
    {
        var groups = new List<(int Left, int Right)>();
        foreach (int axis in order)
        {
            var (x, y) = (a.Dimensions[axis], b.Dimensions[axis]);
            if (x == 1 && y == 1) continue;
            if (groups.Count > 0 && (groups[^1].Left == 1) == (x == 1) && (groups[^1].Right == 1) == (y == 1))
                groups[^1] = (groups[^1].Left * x, groups[^1].Right * y);
            else groups.Add((x, y));
        }
        return groups;
    }

    private static Shape ShapeOf(IEnumerable<int> sizes)
    {
        int[] s = [.. Enumerable.Repeat(1, 3), .. sizes];
        return new Shape(s[^1], s[^3], s[^2]);
    }

    /// <summary>Broadcasts the value along the axes where it has size 1.</summary>
    internal static OnnxValue Spread(OnnxNode node, OnnxValue value, int[] dimensions, int[] order)
    {
        var tables = new int[]?[value.Rank];
        bool changes = false;
        foreach (int axis in order)
            if (value.Dimensions[axis] != dimensions[axis])
            {
                tables[axis] = new int[dimensions[axis]];
                changes = true;
            }
        return changes ? OnnxLayout.Pick(node, value, tables, dimensions, order) : value;
    }
}
