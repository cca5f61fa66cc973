using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>How ONNX's axes are laid out in the engine's memory, and the few ways to change it.</summary>
internal static class OnnxLayout
{
    private const int MostColours = 4;

    /// <summary>Channels last, as the engine keeps images.</summary>
    internal static int[] ImageOrder(int batchAxis) => batchAxis < 0 ? [0, 2, 3, 1] : [2, 3, 1];

    /// <summary>ONNX's own order (row-major).</summary>
    internal static int[] RowMajor(int rank, int batchAxis) => [.. Enumerable.Range(0, rank).Where(axis => axis != batchAxis)];

    /// <summary>True if two orders differ at most in axes of size 1.</summary>
    internal static bool SameOrder(int[] dimensions, int[] a, int[] b) =>
        a.Where(axis => dimensions[axis] != 1).SequenceEqual(b.Where(axis => dimensions[axis] != 1));

    /// <summary>Memory order of the network's inputs and outputs: channels last for images, ONNX's order for everything else.</summary>
    internal static int[] Natural(int[] dimensions, int batchAxis) =>
        dimensions.Length == 4 && (batchAxis == 0 || batchAxis < 0 && dimensions[0] == 1) ? ImageOrder(batchAxis)
            : RowMajor(dimensions.Length, batchAxis);

    /// <summary>
    /// Memory order of an input. [batch, height, width, channels] with up to four channels, as in TensorFlow's networks, is already the
    /// engine's order.
    /// </summary>
    internal static int[] NaturalInput(int[] dimensions, int batchAxis) =>
        IsChannelsLast(dimensions) ? RowMajor(4, batchAxis) : Natural(dimensions, batchAxis);

    /// <summary>True for [batch, height, width, channels], of grey pictures too.</summary>
    internal static bool IsChannelsLast(int[] dimensions) => dimensions is [_, > MostColours, > MostColours, <= MostColours];

    /// <summary>
    /// True for height and width of an input with four axes, some of them open (0 or less): the one axis of few values is the channels.
    /// </summary>
    internal static bool IsPlace(long[] dimensions, int axis) => dimensions.Length == 4
        && (dimensions[1] is >= 1 and <= MostColours ? axis is 2 or 3
            : dimensions[3] is >= 1 and <= MostColours && axis is 1 or 2);

    /// <summary>
    /// The engine's shape for such a value: an image's own shape; otherwise the last axis is the channels, the first is the height and
    /// those in between are the width.
    /// </summary>
    internal static Shape ShapeOf(int[] dimensions, int[] order, int batchAxis)
    {
        if (dimensions.Length == 4 && (batchAxis == 0 || batchAxis < 0 && dimensions[0] == 1) && SameOrder(
            dimensions, order, ImageOrder(batchAxis)))
            return new Shape(dimensions[1], dimensions[2], dimensions[3]);
        int[] sizes = [.. order.Select(axis => dimensions[axis]).Where(size => size != 1)];
        return sizes.Length switch
        {
            0 => new Shape(1),
            1 => new Shape(sizes[0]),
            2 => new Shape(sizes[1], sizes[0]),
            _ => new Shape(sizes[^1], sizes[0], sizes.Skip(1).SkipLast(1).Aggregate(1, (a, b) => a * b)),
        };
    }

    internal static Shape ShapeOf(OnnxValue value) => ShapeOf(value.Dimensions, value.Order, value.BatchAxis);

    internal static int Product(IEnumerable<int> sizes) => sizes.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>The layer with another shape; no data is moved.</summary>
    internal static Layer View(OnnxNode node, Layer layer, Shape shape) =>
        layer.Shape == shape ? layer : node.Helper(new Reshape(shape), layer);

    /// <summary>The value with its axes in another order in memory.</summary>
    internal static OnnxValue Arrange(OnnxNode node, OnnxValue value, int[] order)
    {
        if (SameOrder(value.Dimensions, value.Order, order)) return value with { Order = order };
        return Pick(node, value, new int[]?[value.Rank], value.Dimensions, order);
    }

    /// <summary>
    /// Reads each axis through a table of indices (null for all in order, negative for <paramref name="fill"/>) into another order.
    /// </summary>
    internal static OnnxValue Pick(OnnxNode node, OnnxValue value, int[]?[] tables, int[] dimensions, int[] order, float fill = 0,
        bool isMain = false)
    {
        var steps = new int[value.Rank];
        for (int i = value.Order.Length - 1, step = 1; i >= 0; step *= value.Dimensions[value.Order[i--]]) steps[value.Order[i]] = step;
        int[][] axes = [.. order.Select(axis => tables[axis] is { } table
            ? [.. table.Select(i => i < 0 ? -1 : checked(i * steps[axis]))]
            : Rearrange.Steps(dimensions[axis], steps[axis]))];
        var shape = ShapeOf(dimensions, order, value.BatchAxis);
        node.CheckShape(dimensions);
        var operation = new Rearrange(shape, axes, fill);
        return new OnnxValue(isMain ? node.Main(operation, value.Layer) : node.Helper(operation, value.Layer), dimensions, order,
            value.BatchAxis);
    }
}
