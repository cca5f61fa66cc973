using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Zeroes each value with probability <see cref="Rate"/> in training and scales the rest by 1 / (1 - rate); the identity in inference.
/// </summary>
internal sealed class Dropout : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerUsageException"><paramref name="rate"/> is not in [0, 1).</exception>
    public Dropout(float rate)
    {
        if (!(rate >= 0 && rate < 1)) throw new FerUsageException($"A dropout rate must be at least 0 and below 1, not {rate}.");
        Rate = rate;
    }

    /// <summary>Probability of zeroing a value.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override string Kind => "dropout";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new DropoutKernel<V>(this, setup);
    internal override bool IsElementWise => true;
}

internal sealed unsafe class DropoutKernel<V>(Dropout dropout, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    /// <summary>One factor per value: 0 or 1 / (1 - rate).</summary>
    internal override long SavedBytes => IsTraining ? (long)Setup.BatchSize * OutputShape.Length * sizeof(float) : 0;

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (DropoutKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        int length = k.OutputShape.Length;
        for (int example = first; example < last; example++)
        {
            long start = (long)example * length;
            if (!k.IsTraining)
            {
                if (k.Output != k.Inputs[0]) Loops.Copy(k.Inputs[0] + start, k.Output + start, length);
                continue;
            }
            // One random stream per example, so that the result does not depend on the number of threads.
            var random = new RandomStream(k.Seed, example);
            float* factors = (float*)k.Saved + start;
            float keep = 1f / (1f - k.Rate);
            for (int i = 0; i < length; i++) factors[i] = random.NextSingle() < k.Rate ? 0f : keep;
            Loops.Map<V, Product>(default, k.Inputs[0] + start, factors, k.Output + start, length, accumulate: false);
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (DropoutKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Product>(default, k.OutputGradient + start, (float*)k.Saved + start, k.InputGradients[0] + start, end - start,
            k.Accumulate[0]);
    });

    private float Rate => dropout.Rate;

    private readonly struct Product : IBinary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V x, V factor) => V.Multiply(x, factor);
    }
}
