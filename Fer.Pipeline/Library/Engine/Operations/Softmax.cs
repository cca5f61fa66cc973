namespace Fer.Pipeline.Engine;

/// <summary>
/// Probabilities over the channels at each pixel; the largest logit is subtracted first, so that no exponential overflows.
/// </summary>
public sealed class Softmax : Operation
{
    /// <inheritdoc/>
    public override string Kind => "softmax";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfValues(output.Length, 32);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new SoftmaxKernel<V>(setup);
    internal override bool GradientReadsOutput => true;
}

internal sealed unsafe class SoftmaxKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward()
    {
        // Only a handful of classes per pixel: not worth using threads.
        int channels = OutputShape.Channels;
        for (long place = 0; place < (long)Count * OutputShape.Area; place++)
        {
            float* x = Inputs[0] + place * channels, y = Output + place * channels;
            float greatest = float.NegativeInfinity;
            for (int i = 0; i < channels; i++) greatest = MathF.Max(greatest, x[i]);
            double sum = 0;
            for (int i = 0; i < channels; i++) sum += y[i] = MathF.Exp(x[i] - greatest);
            for (int i = 0; i < channels; i++) y[i] = (float)(y[i] / sum);
        }
    }

    internal override void Backward()
    {
        int channels = OutputShape.Channels;
        for (long place = 0; place < (long)Count * OutputShape.Area; place++)
        {
            float* y = Output + place * channels, dy = OutputGradient + place * channels, dx = InputGradients[0] + place * channels;
            double dot = 0;
            for (int i = 0; i < channels; i++) dot += (double)y[i] * dy[i];
            for (int i = 0; i < channels; i++)
            {
                float gradient = (float)(y[i] * (dy[i] - dot));
                dx[i] = Accumulate[0] ? dx[i] + gradient : gradient;
            }
        }
    }
}
