using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Tensors;

/// <summary>min(max(x, <see cref="Minimum"/>), <see cref="Maximum"/>); with 0 and 6 it is MobileNet's ReLU6. The gradient is 0 at and beyond the bounds; NaN stays NaN.</summary>
public sealed class Clip : Operation
{
    /// <summary>Creates the operation.</summary>
    /// <exception cref="FerException"><paramref name="minimum"/> is not below <paramref name="maximum"/>.</exception>
    public Clip(float minimum, float maximum)
    {
        if (!(minimum < maximum)) throw new FerException($"Values cannot be kept between {minimum} and {maximum}.");
        Minimum = minimum;
        Maximum = maximum;
    }

    /// <summary>The least value.</summary>
    public float Minimum { get; }

    /// <summary>The greatest value.</summary>
    public float Maximum { get; }

    /// <inheritdoc/>
    public override string Kind => "clip";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ClipKernel<V>(this, setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal sealed unsafe class ClipKernel<V>(Clip clip, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ClipKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Between>(new Between(V.Broadcast(k.Minimum), V.Broadcast(-k.Maximum)), k.Inputs[0] + start, k.Output + start, end - start);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ClipKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Inside>(new Inside(V.Broadcast(k.Minimum), V.Broadcast(k.Maximum)), k.Output + start, k.OutputGradient + start, k.InputGradients[0] + start, end - start, k.Accumulate[0]);
    });

    private float Minimum => clip.Minimum;

    private float Maximum => clip.Maximum;

    /// <summary>min(x, b) is -max(-x, -b).</summary>
    private readonly struct Between(V minimum, V negativeMaximum) : IUnary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V x) => V.Subtract(default, V.Max(V.Subtract(default, V.Max(x, minimum)), negativeMaximum));
    }

    private readonly struct Inside(V minimum, V maximum) : IBinary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V y, V gradient) => V.WherePositive(V.Subtract(y, minimum), V.WherePositive(V.Subtract(maximum, y), gradient, default), default);
    }
}
