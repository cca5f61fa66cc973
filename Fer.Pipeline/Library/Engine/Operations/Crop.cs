namespace Fer.Pipeline.Engine;

/// <summary>Crops each channel to a rectangle: ONNX's <c>Slice</c> over height and width.</summary>
internal sealed class Crop(int top, int left, int height, int width) : Operation
{
    /// <summary>First row kept.</summary>
    public int Top { get; } = top;
    /// <summary>First column kept.</summary>
    public int Left { get; } = left;
    /// <summary>Rows kept.</summary>
    public int Height { get; } = height;
    /// <summary>Columns kept.</summary>
    public int Width { get; } = width;

    /// <inheritdoc/>
    public override string Kind => "crop";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        if (Top < 0 || Left < 0 || Height < 1 || Width < 1 || (long)Top + Height > inputs[0].Height || (long)Left + Width > inputs[0].Width)
            throw new FerException($"Cannot crop {inputs[0]} to {Height}x{Width} pixels at row {Top}, column {Left}.");
        return new Shape(inputs[0].Channels, Height, Width);
    }

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new CropKernel<V>(this, setup);
}

internal sealed unsafe class CropKernel<V>(Crop crop, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward()
    {
        int line = crop.Width * InputShape.Channels;
        for (int example = 0; example < Count; example++)
            for (int row = 0; row < crop.Height; row++)
                Loops.Copy(Inputs[0] + Offset(example, row), Output + ((long)example * crop.Height + row) * line, line);
    }

    internal override void Backward()
    {
        int line = crop.Width * InputShape.Channels;
        if (!Accumulate[0])
            for (int example = 0; example < Count; example++)
                new Span<float>(InputGradients[0] + (long)example * InputShape.Length, InputShape.Length).Clear();
        for (int example = 0; example < Count; example++)
            for (int row = 0; row < crop.Height; row++)
                Loops.AddTo<V>(InputGradients[0] + Offset(example, row), OutputGradient + ((long)example * crop.Height + row) * line, line);
    }

    private long Offset(int example, int row) =>
        (((long)example * InputShape.Height + crop.Top + row) * InputShape.Width + crop.Left) * InputShape.Channels;
}
