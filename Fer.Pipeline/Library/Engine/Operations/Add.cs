using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>Element-wise sum of two inputs of the same shape.</summary>
public sealed class Add : Operation
{
    /// <inheritdoc/>
    public override string Kind => "add";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[1] ? inputs[0] : throw new FerException($"Cannot add {inputs[0]} and {inputs[1]}.");

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new AddKernel<V>(setup);
    internal override bool GradientMayOverwrite => true;
}

/// <summary>Fuses the ReLU that follows a residual sum.</summary>
internal sealed unsafe class AddKernel<V>(KernelSetup setup) : Kernel(setup), IRectifying where V : struct, ISimd<V>
{
    public bool CanRectify => true;

    public bool Rectify { get; set; }

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (AddKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        float* x = k.Inputs[0] + start, y = k.Inputs[1] + start;
        if (k.Rectify) Loops.Map<V, RectifiedSum>(default, x, y, k.Output + start, end - start, accumulate: false);
        else Loops.Map<V, SumOf<V>>(default, x, y, k.Output + start, end - start, accumulate: false);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (AddKernel<V>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        // Masked in place, once for both inputs.
        if (k.Rectify)
            Loops.Map<V, WherePositive<V>>(default, k.Output + start, k.OutputGradient + start, k.OutputGradient + start, end - start,
                accumulate: false);
        for (int i = 0; i < 2; i++) k.WriteGradient<V>(i, k.OutputGradient, start, end);
    });

    private readonly struct RectifiedSum : IBinary<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply(V x, V y) => V.Max(V.Add(x, y), default);
    }
}
