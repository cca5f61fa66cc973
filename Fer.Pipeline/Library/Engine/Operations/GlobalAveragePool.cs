namespace Fer.Pipeline.Engine;

/// <summary>Mean over height and width: [batch, channels, height, width] to [batch, channels].</summary>
internal sealed class GlobalAveragePool : Operation
{
    /// <inheritdoc/>
    public override string Kind => "gap";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Channels);

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfValues(inputs[0].Length, 4);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new GlobalAveragePoolKernel<V>(setup);
}

internal sealed unsafe class GlobalAveragePoolKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (GlobalAveragePoolKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        var (channels, area) = (k.InputShape.Channels, k.InputShape.Area);
        for (int example = first; example < last; example++)
        {
            float* x = k.Inputs[0] + (long)example * k.InputShape.Length, y = k.Output + (long)example * channels;
            new Span<float>(y, channels).Clear();
            for (int place = 0; place < area; place++) Loops.AddTo<V>(y, x + (long)place * channels, channels);
            for (int channel = 0; channel < channels; channel++) y[channel] /= area;
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (GlobalAveragePoolKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        var (channels, area) = (k.InputShape.Channels, k.InputShape.Area);
        float* share = (float*)k.ThreadScratch[thread];
        for (int example = first; example < last; example++)
        {
            float* dx = k.InputGradients[0] + (long)example * k.InputShape.Length, dy = k.OutputGradient + (long)example * channels;
            for (int channel = 0; channel < channels; channel++) share[channel] = dy[channel] / area;
            for (int place = 0; place < area; place++)
            {
                if (k.Accumulate[0]) Loops.AddTo<V>(dx + (long)place * channels, share, channels);
                else Loops.Copy(share, dx + (long)place * channels, channels);
            }
        }
    });

    internal override long ThreadScratchBytes => (long)InputShape.Channels * sizeof(float);
}
