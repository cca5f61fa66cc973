namespace Fer.Pipeline.Engine;

/// <summary>The function that <see cref="Arithmetic"/> applies to two values.</summary>
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
    /// <summary>The larger value; NaN if either is NaN.</summary>
    Maximum,
    /// <summary>The smaller value; NaN if either is NaN.</summary>
    Minimum,
    /// <summary>a to the power of b.</summary>
    Power,
}

/// <summary>
/// Element-wise arithmetic on two inputs, with broadcasting: either may have size 1 where the other is larger, as in a factor per channel
/// or a mask per pixel. Residual sums of two inputs of the same shape are <see cref="Engine.Add"/>, which fuses the ReLU that follows.
/// </summary>
internal sealed class Arithmetic(ArithmeticFunction function) : Operation
{
    /// <summary>The function to apply.</summary>
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

        int Joint(int x, int y) => x == y || y == 1 ? x
            : x == 1 ? y
            : throw new FerException($"{a} and {b} cannot be broadcast: each size must be the same or 1.");
    }

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfValues(output.Length, Function == ArithmeticFunction.Power ? 64 : 8);

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
