using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// A value of the graph being read: the layer that makes it, and how ONNX's axes lie in the layer's memory. Transposing, and most reshaping, only
/// changes that; values move when an operator needs them in another order.
/// </summary>
/// <param name="Layer">The layer; its shape is any that holds as many values.</param>
/// <param name="Dimensions">Sizes of ONNX's axes; the batch's is what the file says, or 1.</param>
/// <param name="Order">All axes but the batch's, outermost in memory first.</param>
/// <param name="BatchAxis">Which axis is the batch, or -1 where the value is read as a whole.</param>
internal sealed record OnnxValue(Layer Layer, int[] Dimensions, int[] Order, int BatchAxis)
{
    /// <summary>A mean that a multiplication behind will take into its <see cref="Affine"/>.</summary>
    internal float Mean { get; init; }

    /// <summary>True for what a global average pool gives, before ONNX's flatten behind it.</summary>
    internal bool IsPooled { get; init; }

    internal int Rank => Dimensions.Length;

    /// <summary>Sizes of <see cref="Order"/>'s axes.</summary>
    internal int[] MemorySizes => [.. Order.Select(axis => Dimensions[axis])];

    /// <summary>True for [batch, channels, height, width] that lies as the engine's images do.</summary>
    internal bool IsImage => Rank == 4 && HasBatch && OnnxLayout.SameOrder(Dimensions, Order, OnnxLayout.ImageOrder(BatchAxis));

    /// <summary>True where the first axis is the batch, or stands for one example.</summary>
    internal bool HasBatch => BatchAxis == 0 || BatchAxis < 0 && Rank > 0 && Dimensions[0] == 1;

    /// <summary>The axis counted from the front, where negative ones count from the end.</summary>
    /// <exception cref="OnnxFormatException">There is no such axis.</exception>
    internal int Axis(long axis) => axis >= -Rank && axis < Rank
        ? (int)(axis < 0 ? axis + Rank : axis)
        : throw new OnnxFormatException($"names axis {axis} of a value of {Rank} axes");

    /// <summary>The same, for an operator that cannot work along the batch.</summary>
    internal int ExampleAxis(long axis) => Axis(axis) is var found && found == BatchAxis
        ? throw new OnnxBatchException($"works along axis {axis}, which is the batch")
        : found;
}
