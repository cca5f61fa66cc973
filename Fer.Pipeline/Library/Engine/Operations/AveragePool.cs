namespace Fer.Pipeline.Engine;

/// <summary>Mean over a sliding window.</summary>
internal sealed class AveragePool(Window window, bool countPadding = false) : Operation
{
    /// <summary>Kernel, stride and padding.</summary>
    public Window Window { get; } = window;

    /// <summary>
    /// True to include padding in the divisor (PyTorch's default), false to divide by the number of pixels inside the image (ONNX's
    /// default).
    /// </summary>
    public bool CountPadding { get; } = countPadding;

    /// <inheritdoc/>
    public override string Kind => "avgpool";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Window.Output(inputs[0], inputs[0].Channels);

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfPool(output, Window);

    internal override Kernel CreateKernel<V>(KernelSetup setup) =>
        new PoolKernel<V, AveragePooling>(Window, new AveragePooling(CountPadding), setup);
}

/// <param name="countPadding">Whether to include padding in the divisor.</param>
internal readonly unsafe struct AveragePooling(bool countPadding) : IPooling
{
    public void Gather<W>(float* image, float* output, in PoolWindow window) where W : struct, ISimd<W>
    {
        W sum = default;
        image += window.Start;
        for (int y = 0; y < window.Rows; y++)
            for (int x = 0; x < window.Columns; x++)
                sum = W.Add(sum, W.Load(image + y * window.RowStep + x * window.ColumnStep));
        W.Store(output, W.Multiply(sum, W.Broadcast(Share(window))));
    }

    public void Spread<W>(float* image, float* output, float* outputGradient, float* imageGradient, in PoolWindow window)
        where W : struct, ISimd<W>
    {
        W share = W.Multiply(W.Load(outputGradient), W.Broadcast(Share(window)));
        for (int y = 0; y < window.Rows; y++)
            for (int x = 0; x < window.Columns; x++)
            {
                float* target = imageGradient + window.Start + y * window.RowStep + x * window.ColumnStep;
                W.Store(target, W.Add(W.Load(target), share));
            }
    }

    private float Share(in PoolWindow window) => 1f / Math.Max(1, countPadding ? window.PaddedArea : window.Area);
}
