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

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new AveragePoolKernel<V>(this, setup);
}

internal sealed unsafe class AveragePoolKernel<V>(AveragePool pool, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (AveragePoolKernel<V>)state;
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
        var k = (AveragePoolKernel<V>)state;
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
        W sum = default;
        for (int y = top; y < bottom; y++)
            for (int x = left; x < right; x++)
                sum = W.Add(sum, W.Load(Inputs[0] + InputOffset(example, y, x, channel)));
        W.Store(Output + OutputOffset(example, row, column, channel), W.Multiply(sum, W.Broadcast(Share(row, column))));
    }

    private void Spread<W>(int example, int row, int column, int channel) where W : struct, ISimd<W>
    {
        var (top, bottom, left, right) = Inside(row, column);
        W share = W.Multiply(W.Load(OutputGradient + OutputOffset(example, row, column, channel)), W.Broadcast(Share(row, column)));
        for (int y = top; y < bottom; y++)
            for (int x = left; x < right; x++)
            {
                float* target = InputGradients[0] + InputOffset(example, y, x, channel);
                W.Store(target, W.Add(W.Load(target), share));
            }
    }

    private float Share(int row, int column)
    {
        var (top, bottom, left, right) = Inside(row, column);
        return 1f / (pool.CountPadding ? pool.Window.KernelHeight * pool.Window.KernelWidth : Math.Max(1, (bottom - top) * (right - left)));
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
