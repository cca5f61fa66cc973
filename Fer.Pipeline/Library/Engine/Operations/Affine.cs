using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// The constant map (x - <see cref="Mean"/>) * <see cref="Scale"/>, not trained: pixel normalisation at the start of a network, or
/// temperature scaling at its end.
/// </summary>
internal sealed class Affine(float mean, float scale) : Operation
{
    /// <summary>Subtracted from each value first.</summary>
    public float Mean { get; } = mean;

    /// <summary>Factor applied to the difference.</summary>
    public float Scale { get; } = scale;

    /// <inheritdoc/>
    public override string Kind => "affine";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new AffineKernel<V>(this, setup);
    internal override bool IsElementWise => true;
}

internal sealed unsafe class AffineKernel<V>(Affine affine, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (AffineKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Map>(new Map(V.Broadcast(k.Mean), V.Broadcast(k.Scale)), k.Inputs[0] + start, k.Output + start, end - start);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (AffineKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        float* gradient = k.OutputGradient + start;
        Loops.Map<V, Times>(new Times(V.Broadcast(k.Scale)), gradient, gradient, k.InputGradients[0] + start, end - start, k.Accumulate[0]);
    });

    private float Mean => affine.Mean;

    private float Scale => affine.Scale;

    private readonly struct Map(V mean, V scale) : IUnary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V x) => V.Multiply(V.Subtract(x, mean), scale);
    }

    private readonly struct Times(V scale) : IBinary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V gradient, V again) => V.Multiply(gradient, scale);
    }
}
