using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Clips each value to [<see cref="Minimum"/>, <see cref="Maximum"/>]; Clip(0, 6) is MobileNet's ReLU6. NaN stays NaN; a value at a limit
/// has zero gradient.
/// </summary>
internal sealed class Clip : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerUsageException"><paramref name="minimum"/> is above <paramref name="maximum"/>, or one is NaN.</exception>
    public Clip(float minimum = float.NegativeInfinity, float maximum = float.PositiveInfinity)
    {
        if (!(minimum <= maximum)) throw new FerUsageException($"Values cannot be clipped to at least {minimum} and at most {maximum}.");
        Minimum = minimum;
        Maximum = maximum;
    }

    /// <summary>Lower limit.</summary>
    public float Minimum { get; }

    /// <summary>Upper limit.</summary>
    public float Maximum { get; }

    /// <inheritdoc/>
    public override string Kind => "clip";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) =>
        new CurveKernel<V, ClipCurve<V>, ClipSlope<V>>(new ClipCurve<V>(V.Broadcast(Minimum), V.Broadcast(Maximum)),
            new ClipSlope<V>(V.Broadcast(Minimum), V.Broadcast(Maximum)), setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal readonly struct ClipCurve<V>(V minimum, V maximum) : IUnary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x) => V.Min(V.Max(x, minimum), maximum);
}

internal readonly struct ClipSlope<V>(V minimum, V maximum) : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V y, V gradient) =>
        V.WherePositive(V.Subtract(y, minimum), V.WherePositive(V.Subtract(maximum, y), gradient, default), default);
}
