namespace Fer.Pipeline.Engine;

/// <summary>
/// Puts the examples of several inputs of one shape behind each other, so that the layers after it take them for one larger batch: all
/// examples of the first input, then all of the second, and so on. Only an executor adds it, for inference.
/// </summary>
internal sealed class Stack : Operation
{
    /// <inheritdoc/>
    public override string Kind => "stack";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new StackKernel(setup);
}

internal sealed unsafe class StackKernel(KernelSetup setup) : Kernel(setup)
{
    protected override void Forward()
    {
        long each = (long)Count / Inputs.Length * OutputShape.Length;
        for (int i = 0; i < Inputs.Length; i++) Loops.Copy(Inputs[i], Output + i * each, each);
    }

    internal override void Backward() => throw new NotSupportedException("Stacking is for inference.");
}

/// <summary>Takes the examples of one input out of what <see cref="Stack"/> has put together.</summary>
/// <param name="number">Which input, counted from 0.</param>
internal sealed class Unstack(int number) : Operation
{
    /// <summary>Which input of the stack, counted from 0.</summary>
    internal int Number { get; } = number;

    /// <inheritdoc/>
    public override string Kind => "unstack";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new UnstackKernel(this, setup);
}

internal sealed unsafe class UnstackKernel(Unstack unstack, KernelSetup setup) : Kernel(setup)
{
    protected override void Forward()
    {
        long each = (long)Count * OutputShape.Length;
        Loops.Copy(Inputs[0] + unstack.Number * each, Output, each);
    }

    internal override void Backward() => throw new NotSupportedException("Stacking is for inference.");
}
