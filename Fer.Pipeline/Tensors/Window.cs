namespace Fer.Pipeline.Tensors;

/// <summary>The sliding window of a convolution or pooling: kernel, stride and zero padding in pixels.</summary>
public readonly record struct Window(
    int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, int PadTop, int PadLeft, int PadBottom, int PadRight)
{
    /// <summary>A square window with the same stride both ways and the same padding on all four sides.</summary>
    public static Window Square(int kernel, int stride = 1, int padding = 0) =>
        new(kernel, kernel, stride, stride, padding, padding, padding, padding);

    /// <summary>Rows of the output for an input of <paramref name="height"/> rows (rounded down, as PyTorch and ONNX do by default).</summary>
    public int OutputHeight(int height) => (height + PadTop + PadBottom - KernelHeight) / StrideHeight + 1;

    /// <summary>Columns of the output for an input of <paramref name="width"/> columns.</summary>
    public int OutputWidth(int width) => (width + PadLeft + PadRight - KernelWidth) / StrideWidth + 1;

    /// <summary>The output's shape with <paramref name="channels"/> channels.</summary>
    /// <exception cref="FerException">The window does not fit the input, or its sizes make no sense.</exception>
    public Shape Output(Shape input, int channels)
    {
        if (KernelHeight < 1 || KernelWidth < 1 || StrideHeight < 1 || StrideWidth < 1 || PadTop < 0 || PadLeft < 0 || PadBottom < 0 || PadRight < 0)
            throw new FerException($"A window needs a positive kernel and stride and no negative padding: {this}.");
        if (input.Height + PadTop + PadBottom < KernelHeight || input.Width + PadLeft + PadRight < KernelWidth)
            throw new FerException($"A {KernelHeight}x{KernelWidth} window does not fit an input of {input} with its padding.");
        return new Shape(channels, OutputHeight(input.Height), OutputWidth(input.Width));
    }
}
