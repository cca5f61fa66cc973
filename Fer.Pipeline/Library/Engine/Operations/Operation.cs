namespace Fer.Pipeline.Engine;

/// <summary>
/// One step of a network: its shape inference, parameters, forward pass and gradient. It holds no activations, so several executors may run
/// the same operation at once.
/// </summary>
public abstract class Operation
{
    /// <summary>
    /// The standard name, which is also used to name the operation's parameters in a network: <c>conv</c>, <c>bn</c>, <c>relu</c>, …
    /// </summary>
    public abstract string Kind { get; }

    /// <summary>The named parameters, for instance <c>weight</c> and <c>bias</c>.</summary>
    public virtual IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters => [];

    /// <summary>The shape of the output for the given inputs.</summary>
    /// <exception cref="FerException">The input shapes are invalid for the operation.</exception>
    public abstract Shape OutputShape(ReadOnlySpan<Shape> inputs);

    /// <summary>Multiply-accumulate operations in one example's forward pass; 0 if negligible.</summary>
    public virtual long MultiplyAccumulates(ReadOnlySpan<Shape> inputs) => 0;

    /// <summary>What one example costs at most; <paramref name="output"/> is <see cref="OutputShape"/>.</summary>
    internal virtual OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) => OperationCost.OfValues(output.Length);

    /// <summary>Creates the kernel for one vector width.</summary>
    internal abstract Kernel CreateKernel<V>(KernelSetup setup) where V : struct, ISimd<V>;

    /// <summary>True if the gradient reads the inputs' values, which are then kept in memory until the backward pass.</summary>
    internal virtual bool GradientReadsInputs => false;

    /// <summary>True if the gradient reads the output's values.</summary>
    internal virtual bool GradientReadsOutput => false;

    /// <summary>
    /// True if each output value depends only on the input value at the same index, so that output and input, and their gradients, may
    /// share a buffer.
    /// </summary>
    internal virtual bool IsElementWise => false;

    /// <summary>True if the input's gradient may overwrite the output's gradient.</summary>
    internal virtual bool GradientMayOverwrite => IsElementWise;
}
