namespace Fer.Pipeline.Engine;

/// <summary>Flips left and right: ONNX's <c>Gather</c> over the width, last column first.</summary>
internal sealed class Mirror : Operation
{
    /// <inheritdoc/>
    public override string Kind => "mirror";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new MirrorKernel<V>(setup);
}

internal sealed unsafe class MirrorKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward()
    {
        int channels = InputShape.Channels, width = InputShape.Width;
        for (long row = 0; row < Rows; row++)
            for (int x = 0; x < width; x++)
                Loops.Copy(Inputs[0] + (row * width + x) * channels, Output + (row * width + width - 1 - x) * channels, channels);
    }

    internal override void Backward()
    {
        int channels = InputShape.Channels, width = InputShape.Width;
        for (long row = 0; row < Rows; row++)
        {
            for (int x = 0; x < width; x++)
            {
                float* source = OutputGradient + (row * width + width - 1 - x) * channels,
                    target = InputGradients[0] + (row * width + x) * channels;
                if (Accumulate[0]) Loops.AddTo<V>(target, source, channels);
                else Loops.Copy(source, target, channels);
            }
        }
    }

    private long Rows => (long)Count * InputShape.Height;
}
