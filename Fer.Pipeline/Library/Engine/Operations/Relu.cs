using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>Rectified linear unit: max(x, 0); NaN stays NaN.</summary>
internal sealed class Relu : Operation
{
    /// <inheritdoc/>
    public override string Kind => "relu";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) =>
        new CurveKernel<V, ReluCurve<V>, WherePositive<V>>(default, default, setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal readonly struct ReluCurve<V> : IUnary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x) => V.Max(x, default);
}
