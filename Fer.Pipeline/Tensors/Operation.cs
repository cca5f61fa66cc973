namespace Fer.Pipeline.Tensors;

/// <summary>
/// One step of a network: its shape rule, its parameters, its forward pass and its gradient. It holds no activations, so one operation
/// may run in several executors at once.
/// </summary>
public abstract class Operation
{
    /// <summary>The standard name, which also names the operation's parameters in a network: <c>conv</c>, <c>bn</c>, <c>relu</c>, …</summary>
    public abstract string Kind { get; }

    /// <summary>The named parameters, for instance <c>weight</c> and <c>bias</c>.</summary>
    public virtual IReadOnlyList<(string Name, Parameter Parameter)> Parameters => [];

    /// <summary>The shape of the output for the given inputs.</summary>
    /// <exception cref="FerException">The inputs do not fit the operation.</exception>
    public abstract Shape OutputShape(ReadOnlySpan<Shape> inputs);

    /// <summary>Multiply-accumulate operations of one example's forward pass; 0 where none are worth counting.</summary>
    public virtual long MultiplyAccumulates(ReadOnlySpan<Shape> inputs) => 0;
}
