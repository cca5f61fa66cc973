using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Parametric rectified linear unit (PReLU): x where positive, otherwise a learned slope times x (He et al., arXiv 1502.01852).
/// </summary>
internal sealed class PRelu : Operation
{
    /// <summary>Creates the operation with one slope per channel.</summary>
    public PRelu(int channels)
    {
        Channels = channels;
        Slope = new NetworkParameter(ParameterKind.Slope, Initializer.HeNormal, channels);
    }

    /// <inheritdoc/>
    public override string Kind => "prelu";

    /// <summary>Number of input and output channels.</summary>
    public int Channels { get; }

    /// <summary>[channels].</summary>
    public NetworkParameter Slope { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters => [("slope", Slope)];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0].Channels == Channels
        ? inputs[0]
        : throw new FerException($"A PReLU with {Channels} channels was given {inputs[0]}.");

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new PReluKernel<V>(this, setup);
    internal override bool GradientReadsInputs => true;
}

internal sealed unsafe class PReluKernel<V>(PRelu prelu, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    private int Channels => InputShape.Channels;

    /// <summary>The slope's gradient, one sum per channel.</summary>
    internal override long ThreadScratchBytes => (long)Channels * sizeof(float);

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (PReluKernel<V>)state;
        var (first, last) = k.Places(thread);
        fixed (float* slope = k.Slope)
            for (long place = first; place < last; place++)
            {
                int c = 0;
                float* x = k.Inputs[0] + place * k.Channels, y = k.Output + place * k.Channels;
                for (; c <= k.Channels - V.Width; c += V.Width) Bend<V>(x, slope, y, c);
                for (; c < k.Channels; c++) Bend<Simd1>(x, slope, y, c);
            }
    });

    internal override void Backward()
    {
        Pool.Run(this, static (state, thread) =>
        {
            var k = (PReluKernel<V>)state;
            var (first, last) = k.Places(thread);
            float* sums = (float*)k.ThreadScratch[thread];
            new Span<float>(sums, k.Channels).Clear();
            fixed (float* slope = k.Slope)
                for (long place = first; place < last; place++)
                {
                    int c = 0;
                    for (; c <= k.Channels - V.Width; c += V.Width) k.Spread<V>(place * k.Channels, slope, sums, c);
                    for (; c < k.Channels; c++) k.Spread<Simd1>(place * k.Channels, slope, sums, c);
                }
        });
        var gradient = prelu.Slope.Gradients;
        for (int c = 0; c < Channels; c++)
        {
            float sum = 0;
            foreach (byte* scratch in ThreadScratch) sum += ((float*)scratch)[c];
            gradient[c] = sum;
        }
    }

    private Span<float> Slope => prelu.Slope.Values;

    private (long First, long Last) Places(int thread)
    {
        long places = (long)Count * OutputShape.Area;
        return (places * thread / Pool.Threads, places * (thread + 1) / Pool.Threads);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Bend<W>(float* x, float* slope, float* y, int c) where W : struct, ISimd<W>
    {
        W value = W.Load(x + c);
        W.Store(y + c, W.WherePositive(value, value, W.Multiply(value, W.Load(slope + c))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Spread<W>(long offset, float* slope, float* sums, int c) where W : struct, ISimd<W>
    {
        W value = W.Load(Inputs[0] + offset + c), gradient = W.Load(OutputGradient + offset + c);
        W.Store(sums + c, W.Add(W.Load(sums + c), W.WherePositive(value, default, W.Multiply(value, gradient))));
        if (InputGradients[0] == null) return;
        float* target = InputGradients[0] + offset + c;
        W spread = W.WherePositive(value, gradient, W.Multiply(gradient, W.Load(slope + c)));
        W.Store(target, Accumulate[0] ? W.Add(W.Load(target), spread) : spread);
    }
}
