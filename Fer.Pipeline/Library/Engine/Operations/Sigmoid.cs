using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>Logistic function: 1 / (1 + exp(-x)).</summary>
internal sealed class Sigmoid : Operation
{
    /// <inheritdoc/>
    public override string Kind => "sigmoid";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) =>
        new CurveKernel<V, SigmoidCurve<V>, SigmoidSlope<V>>(default(SigmoidCurve<V>), default(SigmoidSlope<V>), setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal readonly struct SigmoidCurve<V> : IUnary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x) => V.Divide(V.Broadcast(1), V.Add(V.Broadcast(1), V.Exp(V.Subtract(default, x))));
}

internal readonly struct SigmoidSlope<V> : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V y, V gradient) => V.Multiply(gradient, V.Multiply(y, V.Subtract(V.Broadcast(1), y)));
}
