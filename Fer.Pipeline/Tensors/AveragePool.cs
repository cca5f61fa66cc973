namespace Fer.Pipeline.Tensors;

/// <summary>Mean over a sliding window.</summary>
public sealed class AveragePool(Window window, bool countPadding = false) : Operation
{
    /// <summary>Kernel, stride and padding.</summary>
    public Window Window { get; } = window;

    /// <summary>True to divide by the whole kernel at the borders too (PyTorch's default), false by the pixels inside (ONNX's default).</summary>
    public bool CountPadding { get; } = countPadding;

    /// <inheritdoc/>
    public override string Kind => "avgpool";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Window.Output(inputs[0], inputs[0].Channels);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new PoolKernel<V, AveragePooling>(
        Window, new AveragePooling(CountPadding ? Window.KernelHeight * Window.KernelWidth : 0), setup);
}

/// <param name="kernelArea">What to divide by, or 0 for the places inside the image.</param>
internal readonly unsafe struct AveragePooling(int kernelArea) : IPooling
{
    public void Gather<W>(float* image, float* output, in PoolWindow window) where W : struct, ISimd<W>
    {
        W sum = default;
        for (int y = window.Top; y < window.Bottom; y++)
            for (int x = window.Left; x < window.Right; x++)
                sum = W.Add(sum, W.Load(image + y * window.RowStep + x * window.ColumnStep));
        W.Store(output, W.Multiply(sum, W.Broadcast(Share(window))));
    }

    public void Spread<W>(float* image, float* output, float* outputGradient, float* imageGradient, in PoolWindow window) where W : struct, ISimd<W>
    {
        W share = W.Multiply(W.Load(outputGradient), W.Broadcast(Share(window)));
        for (int y = window.Top; y < window.Bottom; y++)
            for (int x = window.Left; x < window.Right; x++)
            {
                float* target = imageGradient + y * window.RowStep + x * window.ColumnStep;
                W.Store(target, W.Add(W.Load(target), share));
            }
    }

    private float Share(in PoolWindow window) => 1f / (kernelArea > 0 ? kernelArea : Math.Max(1, window.Area));
}
