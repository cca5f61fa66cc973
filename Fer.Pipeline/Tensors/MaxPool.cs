namespace Fer.Pipeline.Tensors;

/// <summary>Maximum over a sliding window; padding never wins. The gradient goes to the first maximum of the window.</summary>
public sealed class MaxPool(Window window) : Operation
{
    /// <summary>Kernel, stride and padding.</summary>
    public Window Window { get; } = window;

    /// <inheritdoc/>
    public override string Kind => "maxpool";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Window.Output(inputs[0], inputs[0].Channels);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new MaxPoolKernel<V>(this, setup);
    internal override bool GradientReadsInputs => true;
    internal override bool GradientReadsOutput => true;
}

internal sealed unsafe class MaxPoolKernel<V>(MaxPool pool, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (MaxPoolKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
            for (int row = 0; row < k.OutputShape.Height; row++)
                for (int column = 0; column < k.OutputShape.Width; column++)
                {
                    int channel = 0;
                    for (; channel <= k.InputShape.Channels - V.Width; channel += V.Width) k.Gather<V>(example, row, column, channel);
                    for (; channel < k.InputShape.Channels; channel++) k.Gather<Simd1>(example, row, column, channel);
                }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (MaxPoolKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            if (!k.Accumulate[0]) new Span<float>(k.InputGradients[0] + (long)example * k.InputShape.Length, k.InputShape.Length).Clear();
            for (int row = 0; row < k.OutputShape.Height; row++)
                for (int column = 0; column < k.OutputShape.Width; column++)
                {
                    int channel = 0;
                    for (; channel <= k.InputShape.Channels - V.Width; channel += V.Width) k.Spread<V>(example, row, column, channel);
                    for (; channel < k.InputShape.Channels; channel++) k.Spread<Simd1>(example, row, column, channel);
                }
        }
    });

    private void Gather<W>(int example, int row, int column, int channel) where W : struct, ISimd<W>
    {
        var (top, bottom, left, right) = Inside(row, column);
        W greatest = W.Broadcast(float.NegativeInfinity);
        for (int y = top; y < bottom; y++)
            for (int x = left; x < right; x++)
                greatest = W.Max(greatest, W.Load(Inputs[0] + InputOffset(example, y, x, channel)));
        W.Store(Output + OutputOffset(example, row, column, channel), greatest);
    }

    /// <summary>Finds the maximum again instead of keeping its place: the values are at hand, and an index an output would have to be stored and read.</summary>
    private void Spread<W>(int example, int row, int column, int channel) where W : struct, ISimd<W>
    {
        var (top, bottom, left, right) = Inside(row, column);
        long output = OutputOffset(example, row, column, channel);
        W greatest = W.Load(Output + output), gradient = W.Load(OutputGradient + output);
        for (int y = top; y < bottom; y++)
            for (int x = left; x < right; x++)
            {
                long input = InputOffset(example, y, x, channel);
                // Below the maximum the gap is positive; the first value without a gap takes the whole gradient and leaves none.
                W gap = W.Subtract(greatest, W.Load(Inputs[0] + input));
                float* target = InputGradients[0] + input;
                W.Store(target, W.Add(W.Load(target), W.WherePositive(gap, default, gradient)));
                gradient = W.WherePositive(gap, gradient, default);
            }
    }

    /// <summary>The part of the window at an output place that lies inside the image: rows [Top, Bottom), columns [Left, Right).</summary>
    private (int Top, int Bottom, int Left, int Right) Inside(int row, int column)
    {
        var w = pool.Window;
        int top = row * w.StrideHeight - w.PadTop, left = column * w.StrideWidth - w.PadLeft;
        return (Math.Max(0, top), Math.Min(InputShape.Height, top + w.KernelHeight), Math.Max(0, left), Math.Min(InputShape.Width, left + w.KernelWidth));
    }

    private long InputOffset(int example, int row, int column, int channel) =>
        (((long)example * InputShape.Height + row) * InputShape.Width + column) * InputShape.Channels + channel;

    private long OutputOffset(int example, int row, int column, int channel) =>
        (((long)example * OutputShape.Height + row) * OutputShape.Width + column) * OutputShape.Channels + channel;
}
