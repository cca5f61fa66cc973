using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>Leaky rectified linear unit: x where positive, otherwise alpha * x.</summary>
internal sealed class LeakyRelu : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerUsageException"><paramref name="alpha"/> is negative or not finite: the slope could not be derived from the
    /// output.</exception>
    public LeakyRelu(float alpha = 0.01f)
    {
        if (!(alpha >= 0 && float.IsFinite(alpha)))
            throw new FerUsageException($"The slope of a leaky ReLU must be at least 0, not {alpha}.");
        Alpha = alpha;
    }

    /// <summary>Slope for negative values.</summary>
    public float Alpha { get; }

    /// <inheritdoc/>
    public override string Kind => "leakyrelu";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) =>
        new CurveKernel<V, LeakyReluCurve<V>, LeakyReluSlope<V>>(
            new LeakyReluCurve<V>(V.Broadcast(Alpha)), new LeakyReluSlope<V>(V.Broadcast(Alpha)), setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal readonly struct LeakyReluCurve<V>(V alpha) : IUnary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x) => V.WherePositive(x, x, V.Multiply(alpha, x));
}

internal readonly struct LeakyReluSlope<V>(V alpha) : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V y, V gradient) => V.WherePositive(y, gradient, V.Multiply(gradient, alpha));
}
