using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Operators that reduce many values to one.</summary>
internal static class OnnxReductions
{
    internal static OnnxValue[] ReadMean(OnnxNode node) => Reduce(node, () => new GlobalAveragePool());

    internal static OnnxValue[] ReadSum(OnnxNode node) => Reduce(node, () => new Reduce(ReduceFunction.Sum));

    internal static OnnxValue[] ReadMax(OnnxNode node) => Reduce(node, () => new Reduce(ReduceFunction.Maximum));

    internal static OnnxValue[] ReadMin(OnnxNode node) => Reduce(node, () => new Reduce(ReduceFunction.Minimum));

    internal static OnnxValue[] ReadL1(OnnxNode node) =>
        Reduce(node, () => new Reduce(ReduceFunction.Sum), before: x => node.Helper(new Elementary(ElementaryFunction.Abs), x));

    internal static OnnxValue[] ReadSumSquare(OnnxNode node) =>
        Reduce(node, () => new Reduce(ReduceFunction.Sum), before: x => Square(node, x));

    internal static OnnxValue[] ReadL2(OnnxNode node) =>
        Reduce(node, () => new Reduce(ReduceFunction.Sum), x => Square(node, x), ElementaryFunction.Sqrt);

    internal static OnnxValue[] ReadLogSum(OnnxNode node) =>
        Reduce(node, () => new Reduce(ReduceFunction.Sum), after: ElementaryFunction.Log);

    internal static OnnxValue[] ReadGlobalAveragePool(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        return [OverPlaces(node, new GlobalAveragePool()) with { IsPooled = true }];
    }

    internal static OnnxValue[] ReadGlobalMaxPool(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        return [OverPlaces(node, new Reduce(ReduceFunction.Maximum))];
    }

    private static Layer Square(OnnxNode node, Layer x) => node.Helper(new Arithmetic(ArithmeticFunction.Multiply), x, x);

    private static OnnxValue OverPlaces(OnnxNode node, Operation operation)
    {
        var x = node.Value(0);
        if (x.Rank < 3) throw new OnnxFormatException($"reads a value with {x.Rank} axes, which has no spatial axes");
        return Over(node, x, [.. Enumerable.Range(2, x.Rank - 2)], keep: true, operation);
    }

    private static OnnxValue[] Reduce(OnnxNode node, Func<Operation> create, Func<Layer, Layer>? before = null,
        ElementaryFunction? after = null)
    {
        node.ExpectInputs(1, 2);
        var x = node.Value(0);
        long[]? stated = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("axes");
        bool keep = node.Attributes.TakeInt("keepdims", 1) != 0, noop = node.Attributes.TakeInt("noop_with_empty_axes", 0) != 0;
        if (before is not null) x = x with { Layer = before(x.Layer) };
        if (stated is null or [] && noop) return [x];
        int[] axes = stated is null or [] ? [.. Enumerable.Range(0, x.Rank)] : [.. stated.Select(a => x.ExampleAxis(a)).Distinct()];
        if (axes.Contains(x.BatchAxis)) throw new OnnxBatchException("reduces over the batch");
        var y = Over(node, x, axes, keep, create());
        return [after is { } function ? y with { Layer = node.Helper(new Elementary(function), y.Layer) } : y];
    }

    /// <summary>Moves the reduced axes outside, so that the remaining axes are inside and form the channels.</summary>
    internal static OnnxValue Over(OnnxNode node, OnnxValue x, int[] axes, bool keep, Operation operation, bool isMain = true)
    {
        int[] order = [.. x.Order.Where(axes.Contains), .. x.Order.Where(a => !axes.Contains(a))];
        x = OnnxLayout.Arrange(node, x, order);
        int kept = OnnxLayout.Product(x.Order.Where(a => !axes.Contains(a)).Select(a => x.Dimensions[a]));
        var layer = x.Layer.Shape.Channels == kept ? x.Layer : OnnxLayout.View(node, x.Layer, new Shape(kept, x.Layer.Shape.Length / kept));
        var y = x with
        {
            Layer = isMain ? node.Main(operation, layer) : node.Helper(operation, layer),
            Dimensions = [.. x.Dimensions.Select((size, axis) => axes.Contains(axis) ? 1 : size)]
        };
        if (keep) return y;
        int[] left = [.. Enumerable.Range(0, x.Rank).Where(a => !axes.Contains(a))];
        return y with
        {
            Dimensions = [.. left.Select(a => y.Dimensions[a])],
            Order = [.. order.Where(a => !axes.Contains(a)).Select(a => Array.IndexOf(left, a))],
            BatchAxis = x.BatchAxis < 0 ? -1 : Array.IndexOf(left, x.BatchAxis),
        };
    }
}
