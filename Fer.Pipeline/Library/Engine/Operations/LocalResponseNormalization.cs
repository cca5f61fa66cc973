using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Divides each value by (<see cref="Bias"/> + <see cref="Alpha"/> / <see cref="Size"/> * Σ x²)^<see cref="Beta"/>, where the sum is over
/// the <see cref="Size"/> channels around it (Krizhevsky et al. 2012, AlexNet), the same as ONNX's <c>LRN</c> and PyTorch's
/// <c>LocalResponseNorm</c>.
/// </summary>
internal sealed class LocalResponseNormalization : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerUsageException"><paramref name="size"/> is not positive, or <paramref name="bias"/> or <paramref name="alpha"/>
    /// could make the divisor zero.</exception>
    public LocalResponseNormalization(int size, float alpha = 1e-4f, float beta = 0.75f, float bias = 1)
    {
        if (size < 1 || !(bias > 0) || !(alpha >= 0) || !float.IsFinite(beta))
            throw new FerUsageException(
                $"Local response normalisation needs a positive size and bias and a non-negative alpha, not {size}, {bias} and {alpha}.");
        Size = size;
        Alpha = alpha;
        Beta = beta;
        Bias = bias;
    }

    /// <inheritdoc/>
    public override string Kind => "lrn";

    /// <summary>Number of channels in the sum.</summary>
    public int Size { get; }
    /// <summary>Weight of the sum of squares.</summary>
    public float Alpha { get; }
    /// <summary>The exponent.</summary>
    public float Beta { get; }
    /// <summary>Added to the sum of squares.</summary>
    public float Bias { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        new(output.Length * (32L + Math.Min(Size, 2L * output.Channels)), ThreadBytes: 12L * (3L * output.Channels + 32));

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new LocalResponseNormalizationKernel<V>(this, setup);
    internal override bool GradientReadsInputs => true;
}

internal sealed unsafe class LocalResponseNormalizationKernel<V>(LocalResponseNormalization norm, KernelSetup setup) : Kernel(setup)
    where V : struct, ISimd<V>
{
    /// <summary>Zero padding on each side of a pixel's channels in scratch memory, as wide as the window reaches.</summary>
    private int Margin => After;
    private int Channels => InputShape.Channels;
    private int Line => Channels + 2 * Margin + V.Width;
    /// <summary>Channels before a value that belong to its window; if the size is even, there is one more after it.</summary>
    private int Before => Math.Min((norm.Size - 1) / 2, Channels - 1);
    private int After => Math.Min(norm.Size / 2, Channels - 1);

    internal override long ThreadScratchBytes => 3L * Line * sizeof(float);

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (LocalResponseNormalizationKernel<V>)state;
        var (first, last) = k.Places(thread);
        float* squares = k.Scratch(thread, 0), divisors = k.Scratch(thread, 1), tail = stackalloc float[V.Width];
        for (long place = first; place < last; place++)
        {
            float* x = k.Inputs[0] + place * k.Channels, y = k.Output + place * k.Channels;
            k.Divisors(x, squares, divisors);
            int c = 0;
            for (; c <= k.Channels - V.Width; c += V.Width) V.Store(y + c, V.Multiply(V.Load(x + c), k.Factor(divisors + c)));
            if (c == k.Channels) continue;
            V.Store(tail, k.Factor(divisors + c));
            for (int i = 0; c < k.Channels; c++, i++) y[c] = x[c] * tail[i];
        }
    });

    /// <summary>dx = dy * d^-β - 2αβ/n * x * Σ dy x d^(-β-1), summed over the values whose windows contain x.</summary>
    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (LocalResponseNormalizationKernel<V>)state;
        var (first, last) = k.Places(thread);
        float* squares = k.Scratch(thread, 0), divisors = k.Scratch(thread, 1), shares = k.Scratch(thread, 2) + k.Margin;
        float slope = 2 * k.Weight * k.Beta;
        float* factors = stackalloc float[V.Width];
        for (long place = first; place < last; place++)
        {
            float* x = k.Inputs[0] + place * k.Channels, dy = k.OutputGradient + place * k.Channels,
                dx = k.InputGradients[0] + place * k.Channels;
            k.Divisors(x, squares, divisors);
            for (int c = 0; c < k.Channels; c++)
            {
                if (c % V.Width == 0) V.Store(factors, k.Factor(divisors + c));
                float factor = factors[c % V.Width];
                shares[c] = dy[c] * x[c] * factor / divisors[c];
                divisors[c] = factor;
            }
            for (int c = 0; c < k.Channels; c++)
            {
                float sum = 0;
                for (int i = c - k.After; i <= c + k.Before; i++) sum += shares[i];
                float gradient = dy[c] * divisors[c] - slope * x[c] * sum;
                dx[c] = k.Accumulate[0] ? dx[c] + gradient : gradient;
            }
        }
    });

    private float Beta => norm.Beta;

    private float Weight => norm.Alpha / norm.Size;

    private float* Scratch(int thread, int line)
    {
        float* start = (float*)ThreadScratch[thread] + line * Line;
        new Span<float>(start, Line).Clear();
        return start;
    }

    private (long First, long Last) Places(int thread)
    {
        long places = (long)Count * OutputShape.Area;
        return (places * thread / Pool.Threads, places * (thread + 1) / Pool.Threads);
    }

    /// <summary>d = bias + α/n * Σ x², padded to a whole vector beyond the last channel.</summary>
    private void Divisors(float* x, float* squares, float* divisors)
    {
        float* middle = squares + Margin;
        for (int c = 0; c < Channels; c++) middle[c] = x[c] * x[c];
        V bias = V.Broadcast(norm.Bias), weight = V.Broadcast(Weight);
        for (int c = 0; c < Channels; c += V.Width)
        {
            V sum = default;
            for (int i = -Before; i <= After; i++) sum = V.Add(sum, V.Load(middle + c + i));
            V.Store(divisors + c, V.MultiplyAdd(sum, weight, bias));
        }
    }

    /// <summary>d^-β.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V Factor(float* divisors) => V.Exp(V.Multiply(V.Broadcast(-norm.Beta), V.Log(V.Load(divisors))));
}
