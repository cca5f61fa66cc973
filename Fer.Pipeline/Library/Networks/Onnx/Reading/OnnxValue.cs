using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// A value of the graph being read: the layer that computes it, and how ONNX's axes are laid out in the layer's memory. Transposing, and
/// most reshaping, only changes the layout; values are moved when an operator needs them in another order.
/// </summary>
/// <param name="Layer">The layer; its shape may be any with the same number of values.</param>
/// <param name="Dimensions">Sizes of ONNX's axes; the batch size is that of the file, or 1.</param>
/// <param name="Order">All axes but the batch's, outermost in memory first.</param>
/// <param name="BatchAxis">Index of the batch axis, or -1 if the value is read as a single example.</param>
internal sealed record OnnxValue(Layer Layer, int[] Dimensions, int[] Order, int BatchAxis)
{
    /// <summary>A pending subtraction that the following multiplication merges into its <see cref="Affine"/>.</summary>
    internal float Mean { get; init; }

    /// <summary>True for the output of a global average pool, before the flatten that ONNX puts after it.</summary>
    internal bool IsPooled { get; init; }

    internal int Rank => Dimensions.Length;

    /// <summary>Sizes of <see cref="Order"/>'s axes.</summary>
    internal int[] MemorySizes => [.. Order.Select(axis => Dimensions[axis])];

    /// <summary>True for [batch, channels, height, width] laid out as the engine's images.</summary>
    internal bool IsImage => Rank == 4 && HasBatch && OnnxLayout.SameOrder(Dimensions, Order, OnnxLayout.ImageOrder(BatchAxis));

    /// <summary>True if the first axis is the batch, or has size 1 for a single example.</summary>
    internal bool HasBatch => BatchAxis == 0 || BatchAxis < 0 && Rank > 0 && Dimensions[0] == 1;

    /// <summary>The axis counted from the front; negative ones count from the end.</summary>
    /// <exception cref="OnnxFormatException">There is no such axis.</exception>
    internal int Axis(long axis) => axis >= -Rank && axis < Rank
        ? (int)(axis < 0 ? axis + Rank : axis)
        : throw new OnnxFormatException($"refers to axis {axis} of a value with {Rank} axes");

    /// <summary>Same as <see cref="Axis"/>, for an operator that cannot work along the batch.</summary>
    internal int ExampleAxis(long axis) => Axis(axis) is var found && found == BatchAxis
        ? throw new OnnxBatchException($"works along axis {axis}, which is the batch")
        : found;
}
