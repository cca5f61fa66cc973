namespace Fer.Pipeline.Engine;

/// <summary>Concatenates inputs of the same height and width along the channels.</summary>
internal sealed class Concat : Operation
{
    /// <inheritdoc/>
    public override string Kind => "concat";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int channels = 0;
        foreach (var input in inputs)
        {
            if (input.Height != inputs[0].Height || input.Width != inputs[0].Width)
                throw new FerException($"Cannot concatenate {inputs[0]} and {input} along the channels.");
            channels = checked(channels + input.Channels);
        }
        return new Shape(channels, inputs[0].Height, inputs[0].Width);
    }

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ConcatKernel<V>(setup);
}

internal sealed unsafe class ConcatKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ConcatKernel<V>)state;
        var (first, last) = k.Places(thread);
        int offset = 0;
        for (int i = 0; i < k.Inputs.Length; i++)
        {
            int channels = k.Setup.Inputs[i].Channels;
            for (long place = first; place < last; place++)
                Loops.Copy(k.Inputs[i] + place * channels, k.Output + place * k.OutputShape.Channels + offset, channels);
            offset += channels;
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ConcatKernel<V>)state;
        var (first, last) = k.Places(thread);
        int offset = 0;
        for (int i = 0; i < k.Inputs.Length; i++)
        {
            int channels = k.Setup.Inputs[i].Channels;
            float* target = k.InputGradients[i];
            for (long place = first; place < last && target != null; place++)
            {
                float* source = k.OutputGradient + place * k.OutputShape.Channels + offset;
                if (k.Accumulate[i]) Loops.AddTo<V>(target + place * channels, source, channels);
                else Loops.Copy(source, target + place * channels, channels);
            }
            offset += channels;
        }
    });

    private (long First, long Last) Places(int thread)
    {
        long places = (long)Count * OutputShape.Area;
        return (places * thread / Pool.Threads, places * (thread + 1) / Pool.Threads);
    }
}
