using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Tensors;

/// <summary>Element-wise sum of two inputs of the same shape.</summary>
public sealed class Add : Operation
{
    /// <inheritdoc/>
    public override string Kind => "add";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0] == inputs[1] ? inputs[0] : throw new FerException($"Cannot add {inputs[0]} and {inputs[1]}.");

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new AddKernel<V>(setup);
    internal override bool GradientMayOverwrite => true;
}

internal sealed unsafe class AddKernel<V>(KernelSetup setup) : Kernel(setup) where V : struct, ISimd<V>
{
    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (AddKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, Sum>(default, k.Inputs[0] + start, k.Inputs[1] + start, k.Output + start, end - start, accumulate: false);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (AddKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        for (int i = 0; i < 2; i++) k.WriteGradient<V>(i, k.OutputGradient, start, end);
    });

    private readonly struct Sum : IBinary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V x, V y) => V.Add(x, y);
    }
}
