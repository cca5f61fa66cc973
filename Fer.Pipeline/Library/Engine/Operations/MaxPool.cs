namespace Fer.Pipeline.Engine;

/// <summary>Maximum over a sliding window; padding is never the maximum. The gradient goes to the first maximum of the window.</summary>
internal sealed class MaxPool(Window window) : Operation
{
    /// <summary>Kernel, stride and padding.</summary>
    public Window Window { get; } = window;

    /// <inheritdoc/>
    public override string Kind => "maxpool";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Window.Output(inputs[0], inputs[0].Channels);

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfPool(output, Window);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new PoolKernel<V, MaxPooling>(Window, default, setup);
    internal override bool GradientReadsInputs => true;
    internal override bool GradientReadsOutput => true;
}

/// <summary>
/// Finds the maximum again in the backward pass instead of saving its index: the values are still in memory, while an index per output
/// would have to be stored and read.
/// </summary>
internal readonly unsafe struct MaxPooling : IPooling
{
    public void Gather<W>(float* image, float* output, in PoolWindow window) where W : struct, ISimd<W>
    {
        W greatest = W.Broadcast(float.NegativeInfinity);
        image += window.Start;
        for (int y = 0; y < window.Rows; y++)
            for (int x = 0; x < window.Columns; x++)
                greatest = W.Max(greatest, W.Load(image + y * window.RowStep + x * window.ColumnStep));
        W.Store(output, greatest);
    }

    public void Spread<W>(float* image, float* output, float* outputGradient, float* imageGradient, in PoolWindow window)
        where W : struct, ISimd<W>
    {
        W greatest = W.Load(output), gradient = W.Load(outputGradient);
        for (int y = 0; y < window.Rows; y++)
            for (int x = 0; x < window.Columns; x++)
            {
                nint place = window.Start + y * window.RowStep + x * window.ColumnStep;
                // Below the maximum the gap is positive; the first value with no gap gets the whole gradient and leaves none.
                W gap = W.Subtract(greatest, W.Load(image + place));
                float* target = imageGradient + place;
                W.Store(target, W.Add(W.Load(target), W.WherePositive(gap, default, gradient)));
                gradient = W.WherePositive(gap, gradient, default);
            }
    }
}
