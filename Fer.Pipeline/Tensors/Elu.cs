using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Tensors;

/// <summary>Exponential linear unit: x where positive, otherwise alpha * (exp(x) - 1) (Clevert et al., arXiv 1511.07289).</summary>
public sealed class Elu(float alpha = 1f) : Operation
{
    /// <summary>Height of the negative saturation.</summary>
    public float Alpha { get; } = alpha;

    /// <inheritdoc/>
    public override string Kind => "elu";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new EluKernel<V>(this, setup);
    internal override bool GradientReadsOutput => true;
    internal override bool IsElementWise => true;
}

internal sealed unsafe class EluKernel<V>(Elu elu, KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (EluKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Curve>(new Curve(V.Broadcast(k.Alpha)), k.Inputs[0] + start, k.Output + start, end - start);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (EluKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Slope>(new Slope(V.Broadcast(k.Alpha)), k.Output + start, k.OutputGradient + start, k.InputGradients[0] + start, end - start, k.Accumulate[0]);
    });

    private float Alpha => elu.Alpha;

    private readonly struct Curve(V alpha) : IUnary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V x) => V.WherePositive(x, x, V.Subtract(V.Multiply(alpha, V.Exp(x)), alpha));
    }

    /// <summary>From the output alone: where y is not positive, the slope alpha * exp(x) is y + alpha.</summary>
    private readonly struct Slope(V alpha) : IBinary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V y, V gradient) => V.WherePositive(y, gradient, V.Multiply(gradient, V.Add(y, alpha)));
    }
}
