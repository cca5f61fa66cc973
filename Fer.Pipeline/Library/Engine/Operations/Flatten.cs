namespace Fer.Pipeline.Engine;

/// <summary>
/// Flattens channels, height and width into one axis in that order, as in PyTorch and ONNX: [batch, channels * height * width].
/// </summary>
internal sealed class Flatten : Operation
{
    /// <inheritdoc/>
    public override string Kind => "flatten";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Length);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new FlattenKernel<V>(setup);
}

internal sealed unsafe class FlattenKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (FlattenKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        var (channels, area, length) = (k.InputShape.Channels, k.InputShape.Area, k.InputShape.Length);
        for (int example = first; example < last; example++)
        {
            float* x = k.Inputs[0] + (long)example * length, y = k.Output + (long)example * length;
            for (int place = 0; place < area; place++)
                for (int channel = 0; channel < channels; channel++)
                    y[channel * area + place] = x[place * channels + channel];
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (FlattenKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        var (channels, area, length) = (k.InputShape.Channels, k.InputShape.Area, k.InputShape.Length);
        for (int example = first; example < last; example++)
        {
            float* dx = k.InputGradients[0] + (long)example * length, dy = k.OutputGradient + (long)example * length;
            for (int place = 0; place < area; place++)
                for (int channel = 0; channel < channels; channel++)
                {
                    float gradient = dy[channel * area + place];
                    if (k.Accumulate[0]) dx[place * channels + channel] += gradient;
                    else dx[place * channels + channel] = gradient;
                }
        }
    });
}
