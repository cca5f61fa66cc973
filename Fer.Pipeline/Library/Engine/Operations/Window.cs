namespace Fer.Pipeline.Engine;

/// <summary>The sliding window of a convolution or pooling: kernel, stride, zero padding and dilation in pixels.</summary>
/// <param name="KernelHeight">Rows of the kernel.</param>
/// <param name="KernelWidth">Columns of the kernel.</param>
/// <param name="StrideHeight">Rows between successive positions of the window.</param>
/// <param name="StrideWidth">Columns between successive positions of the window.</param>
/// <param name="PadTop">Rows of padding above.</param>
/// <param name="PadLeft">Columns of padding on the left.</param>
/// <param name="PadBottom">Rows of padding below.</param>
/// <param name="PadRight">Columns of padding on the right.</param>
/// <param name="DilationHeight">Distance in rows between kernel rows.</param>
/// <param name="DilationWidth">Distance in columns between kernel columns.</param>
/// <param name="CeilMode">True to round the output size up, so that the last window may extend past the padding; it never starts there.
/// Only for pooling.</param>
public readonly record struct Window(
    int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, int PadTop, int PadLeft, int PadBottom, int PadRight,
    int DilationHeight = 1, int DilationWidth = 1, bool CeilMode = false)
{
    /// <summary>A square window with the same stride in both directions and the same padding on all four sides.</summary>
    public static Window Square(int kernel, int stride = 1, int padding = 0, int dilation = 1) =>
        new(kernel, kernel, stride, stride, padding, padding, padding, padding, dilation, dilation);

    /// <summary>Rows from the first kernel row to the last, inclusive.</summary>
    public int SpanHeight => checked((KernelHeight - 1) * DilationHeight + 1);

    /// <summary>Columns from the first kernel column to the last, inclusive.</summary>
    public int SpanWidth => checked((KernelWidth - 1) * DilationWidth + 1);

    /// <summary>
    /// Rows of the output for an input of <paramref name="height"/> rows (rounded down unless <see cref="CeilMode"/>, as PyTorch and ONNX
    /// do).
    /// </summary>
    public int OutputHeight(int height) => Places(height, SpanHeight, StrideHeight, PadTop, PadBottom);

    /// <summary>Columns of the output for an input of <paramref name="width"/> columns.</summary>
    public int OutputWidth(int width) => Places(width, SpanWidth, StrideWidth, PadLeft, PadRight);

    /// <summary>
    /// The same window over another size. Uneven padding comes from exporters that wrote the numbers of "same" padding, which depend on the
    /// size: they are worked out anew, so that there are again as many places as the size holds strides, rounded up. Other padding stays.
    /// </summary>
    /// <param name="from">The input that it was made for.</param>
    /// <param name="to">The input that it is for now.</param>
    internal Window Over(Shape from, Shape to)
    {
        if ((PadTop == PadBottom && PadLeft == PadRight)
            || Math.Abs(PadTop - PadBottom) > 1 || Math.Abs(PadLeft - PadRight) > 1
            || PadTop + PadBottom != Same(from.Height, SpanHeight, StrideHeight)
            || PadLeft + PadRight != Same(from.Width, SpanWidth, StrideWidth)) return this;
        int rows = Same(to.Height, SpanHeight, StrideHeight), columns = Same(to.Width, SpanWidth, StrideWidth);
        bool isLower = PadTop > PadBottom || PadLeft > PadRight;
        int top = (rows + (isLower ? 1 : 0)) / 2, left = (columns + (isLower ? 1 : 0)) / 2;
        return this with { PadTop = top, PadLeft = left, PadBottom = rows - top, PadRight = columns - left };
    }

    /// <summary>Padding of both sides together that gives a place for every stride begun.</summary>
    private static int Same(int size, int span, int stride) => Math.Max(0, (size + stride - 1) / stride * stride - stride + span - size);

    /// <summary>The output's shape with <paramref name="channels"/> channels.</summary>
    /// <exception cref="FerException">The window does not fit the input, or its sizes are invalid.</exception>
    public Shape Output(Shape input, int channels)
    {
        if (Math.Min(Math.Min(KernelHeight, KernelWidth), Math.Min(StrideHeight, StrideWidth)) < 1
            || Math.Min(DilationHeight, DilationWidth) < 1
            || Math.Min(Math.Min(PadTop, PadLeft), Math.Min(PadBottom, PadRight)) < 0)
            throw new FerException($"A window needs a positive kernel, stride and dilation and a non-negative padding: {this}.");
        if (input.Height + (long)PadTop + PadBottom < (KernelHeight - 1L) * DilationHeight + 1
            || input.Width + (long)PadLeft + PadRight < (KernelWidth - 1L) * DilationWidth + 1)
            throw new FerException($"A {KernelHeight}x{KernelWidth} window does not fit into the padded input of {input}.");
        return new Shape(channels, OutputHeight(input.Height), OutputWidth(input.Width));
    }

    private int Places(int size, int span, int stride, int before, int after)
    {
        long room = (long)size + before + after - span;
        long places = room / stride + 1;
        // A window that starts past the end of the input would see none of it.
        if (CeilMode && room % stride != 0 && places * stride < (long)size + before) places++;
        return checked((int)places);
    }
}
