namespace Fer.Pipeline.Engine;

/// <summary>What <see cref="Arithmetic"/> does with two values.</summary>
public enum ArithmeticFunction
{
    /// <summary>a + b.</summary>
    Add,
    /// <summary>a - b.</summary>
    Subtract,
    /// <summary>a * b.</summary>
    Multiply,
    /// <summary>a / b.</summary>
    Divide,
    /// <summary>The greater; NaN if either is NaN.</summary>
    Maximum,
    /// <summary>The lesser; NaN if either is NaN.</summary>
    Minimum,
    /// <summary>a to the power of b.</summary>
    Power,
}

/// <summary>
/// Element-wise arithmetic over two inputs, either of which may have size 1 where the other has more: a factor a channel, a mask a place.
/// Residual sums of two inputs of one shape are <see cref="Engine.Add"/>, which takes its rectifier along.
/// </summary>
public sealed class Arithmetic(ArithmeticFunction function) : Operation
{
    /// <summary>What is done.</summary>
    public ArithmeticFunction Function { get; } = function;

    /// <inheritdoc/>
    public override string Kind => Function switch
    {
        ArithmeticFunction.Add => "plus",
        ArithmeticFunction.Subtract => "minus",
        ArithmeticFunction.Multiply => "times",
        ArithmeticFunction.Divide => "over",
        ArithmeticFunction.Maximum => "max",
        ArithmeticFunction.Minimum => "min",
        _ => "power",
    };

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        var (a, b) = (inputs[0], inputs[1]);
        return new Shape(Joint(a.Channels, b.Channels), Joint(a.Height, b.Height), Joint(a.Width, b.Width));

        int Joint(int x, int y) => x == y || y == 1 ? x : x == 1 ? y : throw new FerException($"{a} and {b} do not go together: a size must be the same or 1.");
    }

    internal override Kernel CreateKernel<V>(KernelSetup setup) => Function switch
    {
        ArithmeticFunction.Add => new ArithmeticKernel<V, Sum>(setup),
        ArithmeticFunction.Subtract => new ArithmeticKernel<V, Difference>(setup),
        ArithmeticFunction.Multiply => new ArithmeticKernel<V, Product>(setup),
        ArithmeticFunction.Divide => new ArithmeticKernel<V, Quotient>(setup),
        ArithmeticFunction.Maximum => new ArithmeticKernel<V, Greater>(setup),
        ArithmeticFunction.Minimum => new ArithmeticKernel<V, Lesser>(setup),
        _ => new ArithmeticKernel<V, Power>(setup),
    };

    internal override bool GradientReadsInputs => Function is not (ArithmeticFunction.Add or ArithmeticFunction.Subtract);
}
