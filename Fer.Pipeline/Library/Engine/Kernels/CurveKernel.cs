namespace Fer.Pipeline.Engine;

/// <summary>The loops of an element-wise function whose derivative follows from its output, so that it works in place.</summary>
/// <param name="curve">Computes y from x.</param>
/// <param name="slope">Computes the input's gradient from y and the output's gradient.</param>
/// <param name="setup">What the kernel is planned for.</param>
internal sealed unsafe class CurveKernel<V, C, S>(C curve, S slope, KernelSetup setup) : Kernel(setup)
    where V : struct, ISimd<V>
    where C : struct, IUnary<V>
    where S : struct, IBinary<V>
{
    private readonly C _curve = curve;
    private readonly S _slope = slope;

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (CurveKernel<V, C, S>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, C>(k._curve, k.Inputs[0] + start, k.Output + start, end - start);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (CurveKernel<V, C, S>)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        Loops.Map<V, S>(k._slope, k.Output + start, k.OutputGradient + start, k.InputGradients[0] + start, end - start, k.Accumulate[0]);
    });
}
