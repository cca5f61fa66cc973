namespace Fer.Pipeline.Engine;

/// <summary>How <see cref="Resize"/> interpolates between pixels.</summary>
public enum Interpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,
    /// <summary>Linear between the two surrounding pixels.</summary>
    Linear,
    /// <summary>Cubic convolution over the four surrounding pixels (Keys 1981).</summary>
    Cubic,
}

/// <summary>How an output pixel is mapped to a position in the input; the names are ONNX's.</summary>
public enum ResizeCoordinates
{
    /// <summary>Pixel centres are aligned: (x + 0.5) / scale - 0.5.</summary>
    HalfPixel,
    /// <summary>Same as <see cref="HalfPixel"/>, but 0 if the output is a single pixel.</summary>
    PytorchHalfPixel,
    /// <summary>The first and last pixels are aligned.</summary>
    AlignCorners,
    /// <summary>x / scale.</summary>
    Asymmetric,
    /// <summary>(x + 0.5) / scale.</summary>
    TfHalfPixelForNn,
    /// <summary>Pixels of the region of interest; outside the input the value is <see cref="ResizeOptions.Extrapolation"/>.</summary>
    TfCropAndResize,
}

/// <summary>How <see cref="Interpolation.Nearest"/> rounds.</summary>
public enum NearestRounding
{
    /// <summary>To the nearest, ties down.</summary>
    RoundPreferFloor,
    /// <summary>To the nearest, ties up.</summary>
    RoundPreferCeil,
    /// <summary>Down.</summary>
    Floor,
    /// <summary>Up.</summary>
    Ceil,
}

/// <summary>How an image is resized; ONNX's <c>Resize</c> has the same settings and defaults.</summary>
public sealed record ResizeOptions
{
    /// <summary>How to interpolate between pixels.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Nearest;
    /// <summary>How an output pixel is mapped to a position in the input.</summary>
    public ResizeCoordinates Coordinates { get; init; } = ResizeCoordinates.HalfPixel;
    /// <summary>How the nearest pixel is chosen.</summary>
    public NearestRounding Rounding { get; init; } = NearestRounding.RoundPreferFloor;
    /// <summary>Coefficient a of the cubic.</summary>
    public float CubicCoefficient { get; init; } = -0.75f;
    /// <summary>True to exclude pixels outside the image from the cubic's weights instead of repeating the border.</summary>
    public bool ExcludeOutside { get; init; }
    /// <summary>Value outside the input with <see cref="ResizeCoordinates.TfCropAndResize"/>.</summary>
    public float Extrapolation { get; init; }
    /// <summary>Scale factor of the height; 0 means the output's height divided by the input's.</summary>
    public double ScaleHeight { get; init; }
    /// <summary>Scale factor of the width; 0 means the output's width divided by the input's.</summary>
    public double ScaleWidth { get; init; }
    /// <summary>
    /// The region for <see cref="ResizeCoordinates.TfCropAndResize"/>, as fractions of the input: top, left, bottom, right.
    /// </summary>
    public (double Top, double Left, double Bottom, double Right) Region { get; init; } = (0, 0, 1, 1);
}

/// <summary>Resizes each channel to another height and width.</summary>
public sealed class Resize : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerUsageException">A size is not positive.</exception>
    public Resize(int height, int width, ResizeOptions? options = null)
    {
        if (height < 1 || width < 1) throw new FerUsageException($"An image cannot be resized to {height}x{width} pixels.");
        Height = height;
        Width = width;
        Options = options ?? new ResizeOptions();
    }

    /// <summary>Bytes that the tables of an output row or column take.</summary>
    private const int TableBytes = 160;

    /// <inheritdoc/>
    public override string Kind => "resize";
    /// <summary>Rows of the output.</summary>
    public int Height { get; }
    /// <summary>Columns of the output.</summary>
    public int Width { get; }
    /// <summary>How the image is resized.</summary>
    public ResizeOptions Options { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Channels, Height, Width);

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        new(4L * output.Height * inputs[0].Width * inputs[0].Channels + 16L * output.Length,
            TableBytes * ((long)output.Height + output.Width), sizeof(float) * (long)inputs[0].Width * inputs[0].Channels);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ResizeKernel<V>(this, setup);
}

internal sealed unsafe class ResizeKernel<V> : Kernel where V : struct, ISimd<V>
{
    private readonly ResizeAxis _rows, _columns;
    private readonly float _extrapolation;

    internal ResizeKernel(Resize resize, KernelSetup setup) : base(setup)
    {
        var o = resize.Options;
        _rows = new ResizeAxis(InputShape.Height, resize.Height, o.ScaleHeight, o.Region.Top, o.Region.Bottom, o);
        _columns = new ResizeAxis(InputShape.Width, resize.Width, o.ScaleWidth, o.Region.Left, o.Region.Right, o);
        _extrapolation = o.Extrapolation;
    }

    /// <summary>One line of the input's width: an output row before its columns are resized.</summary>
    internal override long ThreadScratchBytes => sizeof(float) * (long)InputShape.Width * InputShape.Channels;

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ResizeKernel<V>)state;
        int rows = k.OutputShape.Height, line = k.OutputShape.Width * k.OutputShape.Channels;
        var (first, last) = k.Pool.Part(k.Count * rows, thread);
        for (int row = first; row < last; row++)
            k.Gather(k.Inputs[0] + (long)(row / rows) * k.InputShape.Length, row % rows, (float*)k.ThreadScratch[thread],
                k.Output + (long)row * line);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ResizeKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            float* dx = k.InputGradients[0] + (long)example * k.InputShape.Length,
                dy = k.OutputGradient + (long)example * k.OutputShape.Length;
            if (!k.Accumulate[0]) new Span<float>(dx, k.InputShape.Length).Clear();
            for (int row = 0; row < k.OutputShape.Height; row++)
                k.Scatter(dx, row, dy + (long)row * k.OutputShape.Width * k.OutputShape.Channels);
        }
    });

    /// <summary>Rows first, whole lines at a time, then columns.</summary>
    private void Gather(float* image, int row, float* line, float* y)
    {
        int channels = InputShape.Channels, length = InputShape.Width * channels;
        if (_rows.IsOutside(row))
        {
            new Span<float>(y, OutputShape.Width * channels).Fill(_extrapolation);
            return;
        }
        new Span<float>(line, length).Clear();
        foreach (var (place, weight) in _rows.Taps(row)) AddTimes(weight, image + (long)place * length, line, length);
        for (int column = 0; column < OutputShape.Width; column++, y += channels)
        {
            if (_columns.IsOutside(column)) new Span<float>(y, channels).Fill(_extrapolation);
            else if (channels == 1) *y = Sum(line, _columns.Taps(column));
            else
            {
                new Span<float>(y, channels).Clear();
                foreach (var (place, weight) in _columns.Taps(column)) AddTimes(weight, line + (long)place * channels, y, channels);
            }
        }
    }

    private static float Sum(float* line, (int Place, float Weight)[] taps)
    {
        float sum = 0;
        foreach (var (place, weight) in taps) sum += weight * line[place];
        return sum;
    }

    private void Scatter(float* gradient, int row, float* dy)
    {
        int channels = InputShape.Channels;
        for (int column = 0; column < OutputShape.Width; column++, dy += channels)
        {
            if (_rows.IsOutside(row) || _columns.IsOutside(column)) continue;
            foreach (var (sourceRow, rowWeight) in _rows.Taps(row))
                foreach (var (sourceColumn, columnWeight) in _columns.Taps(column))
                    AddTimes(rowWeight * columnWeight, dy, gradient + ((long)sourceRow * InputShape.Width + sourceColumn) * channels,
                        channels);
        }
    }

    private static void AddTimes(float factor, float* x, float* target, int length) =>
        Loops.Map<V, TimesPlus<V>>(new TimesPlus<V>(V.Broadcast(factor)), x, target, target, length, accumulate: false);
}
