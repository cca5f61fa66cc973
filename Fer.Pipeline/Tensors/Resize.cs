namespace Fer.Pipeline.Tensors;

/// <summary>
/// Bilinear resizing of each channel to <see cref="Height"/> x <see cref="Width"/>, pixels being squares: ONNX's <c>Resize</c> with mode linear and
/// coordinates half_pixel, PyTorch's <c>interpolate</c> with align_corners false. Reads the four nearest pixels however far it shrinks.
/// </summary>
public sealed class Resize : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerException">A size is not positive.</exception>
    public Resize(int height, int width)
    {
        if (height < 1 || width < 1) throw new FerException($"An image cannot be resized to {height}x{width} pixels.");
        Height = height;
        Width = width;
    }

    /// <summary>Rows of the output.</summary>
    public int Height { get; }

    /// <summary>Columns of the output.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override string Kind => "resize";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Channels, Height, Width);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ResizeKernel<V>(this, setup);
}

internal sealed unsafe class ResizeKernel<V>(Resize resize, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    private readonly Source[] _rows = Sources(setup.Inputs[0].Height, resize.Height), _columns = Sources(setup.Inputs[0].Width, resize.Width);

    /// <summary>Where an output place lies between two input places: at <paramref name="Share"/> of the way from the first to the second.</summary>
    private readonly record struct Source(int First, int Second, float Share);

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ResizeKernel<V>)state;
        int channels = k.InputShape.Channels;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            float* x = k.Inputs[0] + (long)example * k.InputShape.Length, y = k.Output + (long)example * k.OutputShape.Length;
            foreach (var row in k._rows)
            {
                float* top = x + (nint)row.First * k.InputShape.Width * channels, bottom = x + (nint)row.Second * k.InputShape.Width * channels;
                foreach (var column in k._columns)
                {
                    nint left = (nint)column.First * channels, right = (nint)column.Second * channels;
                    int c = 0;
                    for (; c <= channels - V.Width; c += V.Width) Blend<V>(top + left + c, top + right + c, bottom + left + c, bottom + right + c, row.Share, column.Share, y + c);
                    for (; c < channels; c++) Blend<Simd1>(top + left + c, top + right + c, bottom + left + c, bottom + right + c, row.Share, column.Share, y + c);
                    y += channels;
                }
            }
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ResizeKernel<V>)state;
        int channels = k.InputShape.Channels;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            float* dx = k.InputGradients[0] + (long)example * k.InputShape.Length, dy = k.OutputGradient + (long)example * k.OutputShape.Length;
            if (!k.Accumulate[0]) new Span<float>(dx, k.InputShape.Length).Clear();
            foreach (var row in k._rows)
            {
                float* top = dx + (nint)row.First * k.InputShape.Width * channels, bottom = dx + (nint)row.Second * k.InputShape.Width * channels;
                foreach (var column in k._columns)
                {
                    nint left = (nint)column.First * channels, right = (nint)column.Second * channels;
                    for (int c = 0; c < channels; c++)
                    {
                        float lower = dy[c] * row.Share, upper = dy[c] - lower;
                        top[left + c] += upper * (1 - column.Share);
                        top[right + c] += upper * column.Share;
                        bottom[left + c] += lower * (1 - column.Share);
                        bottom[right + c] += lower * column.Share;
                    }
                    dy += channels;
                }
            }
        }
    });

    private static void Blend<W>(float* topLeft, float* topRight, float* bottomLeft, float* bottomRight, float down, float across, float* y) where W : struct, ISimd<W>
    {
        W share = W.Broadcast(across), left = W.Load(topLeft), lowerLeft = W.Load(bottomLeft);
        W top = W.MultiplyAdd(W.Subtract(W.Load(topRight), left), share, left);
        W bottom = W.MultiplyAdd(W.Subtract(W.Load(bottomRight), lowerLeft), share, lowerLeft);
        W.Store(y, W.MultiplyAdd(W.Subtract(bottom, top), W.Broadcast(down), top));
    }

    private static Source[] Sources(int from, int to)
    {
        var sources = new Source[to];
        for (int i = 0; i < to; i++)
        {
            double place = Math.Max(0, (i + 0.5) * from / to - 0.5);
            int first = Math.Min((int)place, from - 1);
            sources[i] = new Source(first, Math.Min(first + 1, from - 1), (float)(place - first));
        }
        return sources;
    }
}
