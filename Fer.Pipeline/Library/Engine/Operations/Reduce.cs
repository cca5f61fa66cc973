namespace Fer.Pipeline.Engine;

/// <summary>How <see cref="Reduce"/> reduces all pixels of a channel.</summary>
internal enum ReduceFunction
{
    /// <summary>Their sum.</summary>
    Sum,
    /// <summary>The largest.</summary>
    Maximum,
    /// <summary>The smallest.</summary>
    Minimum,
}

/// <summary>
/// Sum, maximum or minimum over height and width: [batch, channels, height, width] to [batch, channels]. The mean is
/// <see cref="GlobalAveragePool"/>.
/// </summary>
internal sealed class Reduce(ReduceFunction function) : Operation
{
    /// <summary>The function to apply.</summary>
    public ReduceFunction Function { get; } = function;

    /// <inheritdoc/>
    public override string Kind => "reduce";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Channels);

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfValues(inputs[0].Length, 4);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ReduceKernel<V>(Function, setup);
    internal override bool GradientReadsInputs => Function != ReduceFunction.Sum;
    internal override bool GradientReadsOutput => Function != ReduceFunction.Sum;
}

internal sealed unsafe class ReduceKernel<V>(ReduceFunction function, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    private int Channels => InputShape.Channels;

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ReduceKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            float* x = k.Inputs[0] + (long)example * k.InputShape.Length, y = k.Output + (long)example * k.Channels;
            int c = 0;
            for (; c <= k.Channels - V.Width; c += V.Width) k.Gather<V>(x + c, y + c);
            for (; c < k.Channels; c++) k.Gather<Simd1>(x + c, y + c);
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ReduceKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            long input = (long)example * k.InputShape.Length, output = (long)example * k.Channels;
            if (!k.Accumulate[0]) new Span<float>(k.InputGradients[0] + input, k.InputShape.Length).Clear();
            int c = 0;
            for (; c <= k.Channels - V.Width; c += V.Width) k.Spread<V>(input + c, output + c);
            for (; c < k.Channels; c++) k.Spread<Simd1>(input + c, output + c);
        }
    });

    private void Gather<W>(float* x, float* y) where W : struct, ISimd<W>
    {
        W value = W.Load(x);
        for (int place = 1; place < InputShape.Area; place++)
        {
            W next = W.Load(x + (long)place * Channels);
            value = function switch
            {
                ReduceFunction.Sum => W.Add(value, next),
                ReduceFunction.Maximum => W.Max(value, next),
                _ =>
                W.Min(value, next)
            };
        }
        W.Store(y, value);
    }

    /// <summary>The first maximum or minimum gets the whole gradient.</summary>
    private void Spread<W>(long input, long output) where W : struct, ISimd<W>
    {
        W gradient = W.Load(OutputGradient + output), chosen = function == ReduceFunction.Sum ? default : W.Load(Output + output);
        for (int place = 0; place < InputShape.Area; place++)
        {
            float* target = InputGradients[0] + input + (long)place * Channels;
            if (function == ReduceFunction.Sum)
            {
                W.Store(target, W.Add(W.Load(target), gradient));
                continue;
            }
            W value = W.Load(Inputs[0] + input + (long)place * Channels);
            W gap = function == ReduceFunction.Maximum ? W.Subtract(chosen, value) : W.Subtract(value, chosen);
            W.Store(target, W.Add(W.Load(target), W.WherePositive(gap, default, gradient)));
            gradient = W.WherePositive(gap, gradient, default);
        }
    }
}
