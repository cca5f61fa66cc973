using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>Hyperbolic tangent.</summary>
internal sealed class Tanh : Operation
{
    /// <inheritdoc/>
    public override string Kind => "tanh";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) =>
        new CurveKernel<V, TanhCurve<V>, TanhSlope<V>>(default(TanhCurve<V>), default(TanhSlope<V>), setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal readonly struct TanhCurve<V> : IUnary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x) =>
        V.Subtract(V.Divide(V.Broadcast(2), V.Add(V.Broadcast(1), V.Exp(V.Multiply(V.Broadcast(-2), x)))), V.Broadcast(1));
}

internal readonly struct TanhSlope<V> : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V y, V gradient) => V.Multiply(gradient, V.Subtract(V.Broadcast(1), V.Multiply(y, y)));
}
