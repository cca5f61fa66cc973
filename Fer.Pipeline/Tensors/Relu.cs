using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Tensors;

/// <summary>Rectified linear unit: max(x, 0); NaN stays NaN.</summary>
public sealed class Relu : Operation
{
    /// <inheritdoc/>
    public override string Kind => "relu";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ReluKernel<V>(setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal sealed unsafe class ReluKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ReluKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Rectify>(default, k.Inputs[0] + start, k.Output + start, end - start);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ReluKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, WherePositive<V>>(default, k.Output + start, k.OutputGradient + start, k.InputGradients[0] + start, end - start, k.Accumulate[0]);
    });

    private readonly struct Rectify : IUnary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V x) => V.Max(x, default);
    }
}
