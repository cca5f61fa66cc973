using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>Exponential linear unit: x where positive, otherwise alpha * (exp(x) - 1) (Clevert et al., arXiv 1511.07289).</summary>
internal sealed class Elu(float alpha = 1f) : Operation
{
    /// <summary>Negative inputs saturate at minus this value.</summary>
    public float Alpha { get; } = alpha;

    /// <inheritdoc/>
    public override string Kind => "elu";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfValues(output.Length, 8);

    internal override Kernel CreateKernel<V>(KernelSetup setup) =>
        new CurveKernel<V, EluCurve<V>, EluSlope<V>>(new EluCurve<V>(V.Broadcast(Alpha)), new EluSlope<V>(V.Broadcast(Alpha)), setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

/// <summary>Zero stays exactly zero, whatever rounding the exponential has.</summary>
internal readonly struct EluCurve<V>(V alpha) : IUnary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x) => V.WherePositive(V.Subtract(default, x), V.Subtract(V.Multiply(alpha, V.Exp(x)), alpha), x);
}

/// <summary>Uses only the output: where y is not positive, the slope alpha * exp(x) is y + alpha.</summary>
internal readonly struct EluSlope<V>(V alpha) : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V y, V gradient) => V.WherePositive(y, gradient, V.Multiply(gradient, V.Add(y, alpha)));
}
