namespace Fer.Pipeline.Engine;

/// <summary>
/// The same values with another shape, in memory order, [height, width, channels]: for instance, the rows of an image become the steps of a
/// sequence. No data is moved. Unlike this, <see cref="Flatten"/> keeps PyTorch's order.
/// </summary>
public sealed class Reshape(Shape shape) : Operation
{
    /// <summary>Shape of the output.</summary>
    public Shape Shape { get; } = shape;

    /// <inheritdoc/>
    public override string Kind => "reshape";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0].Length == Shape.Length
        ? Shape
        : throw new FerException($"{inputs[0]} has {inputs[0].Length} values and cannot be reshaped to {Shape}.");

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ReshapeKernel<V>(setup);
    internal override bool IsElementWise => true;
}

/// <summary>Copies only if input and output could not share a buffer.</summary>
internal sealed unsafe class ReshapeKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward()
    {
        if (Output == Inputs[0]) return;
        for (int example = 0; example < Count; example++)
            Loops.Copy(Inputs[0] + (long)example * OutputShape.Length, Output + (long)example * OutputShape.Length, OutputShape.Length);
    }

    internal override void Backward() => WriteGradient<V>(0, OutputGradient, 0, (long)Count * OutputShape.Length);
}
