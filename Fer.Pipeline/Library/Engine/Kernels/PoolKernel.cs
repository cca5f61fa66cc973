namespace Fer.Pipeline.Engine;

/// <summary>
/// The part of a pooling window that lies inside the image: <see cref="Rows"/> rows of <see cref="Columns"/> pixels, with one channel
/// vector at each.
/// </summary>
/// <param name="Start">Offset in floats from the start of the image to the first pixel.</param>
/// <param name="Rows">Kernel rows inside the image.</param>
/// <param name="Columns">Kernel columns inside the image.</param>
/// <param name="RowStep">Stride in floats between kernel rows.</param>
/// <param name="ColumnStep">Stride in floats between kernel columns.</param>
/// <param name="PaddedArea">Kernel positions inside the image or its padding.</param>
internal readonly record struct PoolWindow(nint Start, int Rows, int Columns, nint RowStep, nint ColumnStep, long PaddedArea)
{
    internal long Area => (long)Rows * Columns;
}

/// <summary>
/// Processes one window for one vector of channels; pointers are to that channel of the whole image or of the output pixel.
/// </summary>
internal unsafe interface IPooling
{
    /// <summary>Computes the output from the window.</summary>
    void Gather<W>(float* image, float* output, in PoolWindow window) where W : struct, ISimd<W>;

    /// <summary>Adds the output's gradient to the window positions it came from.</summary>
    void Spread<W>(float* image, float* output, float* outputGradient, float* imageGradient, in PoolWindow window)
        where W : struct, ISimd<W>;
}

/// <summary>
/// The loop over a batch that all pooling operations share: forward, each thread takes rows of outputs, so that a single image keeps all
/// threads busy; backward, whole images.
/// </summary>
internal sealed unsafe class PoolKernel<V, P>(Window window, P pooling, KernelSetup setup) : Kernel(setup)
    where V : struct, ISimd<V>
    where P : struct, IPooling
{
    private int Channels => InputShape.Channels;

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (PoolKernel<V, P>)state;
        var (first, last) = k.Pool.Part(k.Count * k.OutputShape.Height, thread);
        for (int row = first; row < last; row++) k.Gather(k.Inputs[0] + (long)(row / k.OutputShape.Height) * k.InputShape.Length, row);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (PoolKernel<V, P>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            long input = (long)example * k.InputShape.Length, output = (long)example * k.OutputShape.Length;
            if (!k.Accumulate[0]) new Span<float>(k.InputGradients[0] + input, k.InputShape.Length).Clear();
            k.Spread(k.Inputs[0] + input, k.Output + output, k.OutputGradient + output, k.InputGradients[0] + input);
        }
    });

    private void Gather(float* image, int row)
    {
        int width = OutputShape.Width, start = row % OutputShape.Height * width;
        float* output = Output + (long)row * width * Channels;
        for (int column = 0; column < width; column++, output += Channels)
        {
            var inside = Inside(start + column);
            int channel = 0;
            for (; channel <= Channels - V.Width; channel += V.Width) pooling.Gather<V>(image + channel, output + channel, inside);
            for (; channel < Channels; channel++) pooling.Gather<Simd1>(image + channel, output + channel, inside);
        }
    }

    private void Spread(float* image, float* output, float* outputGradient, float* imageGradient)
    {
        for (int place = 0; place < OutputShape.Area; place++, output += Channels, outputGradient += Channels)
        {
            var inside = Inside(place);
            int c = 0;
            for (; c <= Channels - V.Width; c += V.Width)
                pooling.Spread<V>(image + c, output + c, outputGradient + c, imageGradient + c, inside);
            for (; c < Channels; c++) pooling.Spread<Simd1>(image + c, output + c, outputGradient + c, imageGradient + c, inside);
        }
    }

    private PoolWindow Inside(int place)
    {
        var (top, rows, paddedRows) = Axis(
            place / OutputShape.Width * window.StrideHeight - window.PadTop, InputShape.Height, window.KernelHeight, window.DilationHeight,
            window.PadBottom);
        var (left, columns, paddedColumns) = Axis(
            place % OutputShape.Width * window.StrideWidth - window.PadLeft, InputShape.Width, window.KernelWidth, window.DilationWidth,
            window.PadRight);
        nint line = (nint)InputShape.Width * Channels;
        return new PoolWindow(top * line + left * (nint)Channels, rows, columns, window.DilationHeight * line,
            window.DilationWidth * (nint)Channels, (long)paddedRows * paddedColumns);
    }

    /// <summary>
    /// For a kernel that starts at <paramref name="start"/>: its first position inside the image, how many are inside, and how many are
    /// inside or in the padding.
    /// </summary>
    private static (int First, int Inside, int Padded) Axis(int start, int size, int kernel, int dilation, int padAfter)
    {
        long from = start;
        int before = start < 0 ? (int)Math.Min(kernel, (-from + dilation - 1) / dilation) : 0;
        int reach = (int)Math.Clamp((size - from + dilation - 1) / dilation, before, kernel);
        return (checked((int)(from + (long)before * dilation)), reach - before,
            (int)Math.Min(kernel, (size + (long)padAfter - from + dilation - 1) / dilation));
    }
}
