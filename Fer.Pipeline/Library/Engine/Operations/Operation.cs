namespace Fer.Pipeline.Engine;

/// <summary>
/// One step of a network: its shape rule, its parameters, its forward pass and its gradient. It holds no activations, so one operation
/// may run in several executors at once.
/// </summary>
public abstract class Operation
{
    /// <summary>The standard name, which also names the operation's parameters in a network: <c>conv</c>, <c>bn</c>, <c>relu</c>, …</summary>
    public abstract string Kind { get; }

    /// <summary>The named parameters, for instance <c>weight</c> and <c>bias</c>.</summary>
    public virtual IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters => [];

    /// <summary>The shape of the output for the given inputs.</summary>
    /// <exception cref="FerException">The inputs do not fit the operation.</exception>
    public abstract Shape OutputShape(ReadOnlySpan<Shape> inputs);

    /// <summary>Multiply-accumulate operations of one example's forward pass; 0 where none are worth counting.</summary>
    public virtual long MultiplyAccumulates(ReadOnlySpan<Shape> inputs) => 0;

    /// <summary>Plans the loops for one vector width.</summary>
    internal abstract Kernel CreateKernel<V>(KernelSetup setup) where V : struct, ISimd<V>;

    /// <summary>True where the gradient reads the inputs' values, which then stay in memory until the backward pass.</summary>
    internal virtual bool GradientReadsInputs => false;

    /// <summary>True where the gradient reads the output's values.</summary>
    internal virtual bool GradientReadsOutput => false;

    /// <summary>True where each output value depends on the input value at its place alone, so that output and input, and their gradients, may share a buffer.</summary>
    internal virtual bool IsElementWise => false;

    /// <summary>True where the gradient towards the input may be written over the gradient of the output.</summary>
    internal virtual bool GradientMayOverwrite => IsElementWise;
}
