namespace Fer.Pipeline.Engine;

/// <summary>
/// Matrix products in which both matrices depend on the example: for each height h, [width, channels] of the first input times [width,
/// channels] of the second, whose width equals the first one's channels. A product with trained weights is a <see cref="Linear"/> or
/// pointwise <see cref="Convolution"/>.
/// </summary>
internal sealed class MatMul : Operation
{
    /// <inheritdoc/>
    public override string Kind => "matmul";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        var (a, b) = (inputs[0], inputs[1]);
        return a.Channels == b.Width && a.Height == b.Height
            ? new Shape(b.Channels, a.Height, a.Width)
            : throw new FerException(
                $"{a.Height} matrices of {a.Width}x{a.Channels} cannot be multiplied by {b.Height} of {b.Width}x{b.Channels}.");
    }

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ReadOnlySpan<Shape> inputs) => (long)inputs[0].Length * inputs[1].Channels;

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        new((long)output.Length * (4L + inputs[0].Channels));

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new MatMulKernel<V>(setup);
    internal override bool GradientReadsInputs => true;
}

internal sealed unsafe class MatMulKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    private int Rows => OutputShape.Width;
    private int Inner => InputShape.Channels;
    private int Columns => OutputShape.Channels;

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (MatMulKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count * k.OutputShape.Height, thread);
        for (int matrix = first; matrix < last; matrix++)
        {
            float* a = k.Inputs[0] + (long)matrix * k.Rows * k.Inner, b = k.Inputs[1] + (long)matrix * k.Inner * k.Columns;
            float* y = k.Output + (long)matrix * k.Rows * k.Columns;
            for (int row = 0; row < k.Rows; row++, y += k.Columns)
            {
                new Span<float>(y, k.Columns).Clear();
                for (int i = 0; i < k.Inner; i++) AddTimes(a[(long)row * k.Inner + i], b + (long)i * k.Columns, y, k.Columns);
            }
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (MatMulKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count * k.OutputShape.Height, thread);
        for (int matrix = first; matrix < last; matrix++)
            k.Spread((long)matrix * k.Rows * k.Inner, (long)matrix * k.Inner * k.Columns, (long)matrix * k.Rows * k.Columns);
    });

    private void Spread(long left, long right, long output)
    {
        float* a = Inputs[0] + left, b = Inputs[1] + right, dy = OutputGradient + output;
        float* da = InputGradients[0] == null ? null : InputGradients[0] + left, db = InputGradients[1] == null ? null
            : InputGradients[1] + right;
        if (da != null && !Accumulate[0]) new Span<float>(da, Rows * Inner).Clear();
        if (db != null && !Accumulate[1]) new Span<float>(db, Inner * Columns).Clear();
        for (int row = 0; row < Rows; row++, dy += Columns)
            for (int i = 0; i < Inner; i++)
            {
                if (da != null) da[(long)row * Inner + i] += Dot(dy, b + (long)i * Columns, Columns);
                if (db != null) AddTimes(a[(long)row * Inner + i], dy, db + (long)i * Columns, Columns);
            }
    }

    private static void AddTimes(float factor, float* x, float* target, int length) =>
        Loops.Map<V, TimesPlus<V>>(new TimesPlus<V>(V.Broadcast(factor)), x, target, target, length, accumulate: false);

    private static float Dot(float* x, float* y, int length)
    {
        float sum = 0;
        for (int i = 0; i < length; i++) sum += x[i] * y[i];
        return sum;
    }
}
