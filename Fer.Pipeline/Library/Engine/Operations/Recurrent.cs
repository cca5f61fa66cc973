namespace Fer.Pipeline.Engine;

/// <summary>
/// A recurrent layer over a sequence: height is the step, channels are the values of a step, and each column of the width is a sequence of
/// its own. The output is the state after every step, [batch, units, steps, width]. To use image rows as steps: <c>Reshape(new Shape(width,
/// height))</c>. Weights have ONNX's layout, one block of rows per gate.
/// </summary>
public abstract class Recurrent : Operation
{
    private protected Recurrent(int inputs, int units, int gates, bool reverse)
    {
        if (inputs < 1 || units < 1)
            throw new FerUsageException($"A recurrent layer needs at least one input and one unit, not {inputs} and {units}.");
        Inputs = inputs;
        Units = units;
        Gates = gates;
        Reverse = reverse;
        Weight = new NetworkParameter(ParameterKind.Weight, Initializer.XavierUniform, checked(gates * units), inputs);
        RecurrentWeight = new NetworkParameter(ParameterKind.Weight, Initializer.Orthogonal, checked(gates * units), units);
        Bias = new NetworkParameter(ParameterKind.Bias, Initializer.XavierUniform, checked(2 * gates * units));
    }

    /// <summary>Number of values per input step.</summary>
    public int Inputs { get; }
    /// <summary>Number of values in the state.</summary>
    public int Units { get; }
    /// <summary>True to process the steps from last to first.</summary>
    public bool Reverse { get; }
    /// <summary>[gates * units, inputs].</summary>
    public NetworkParameter Weight { get; }
    /// <summary>[gates * units, units].</summary>
    public NetworkParameter RecurrentWeight { get; }
    /// <summary>[2 * gates * units]: the input biases, then the recurrent biases.</summary>
    public NetworkParameter Bias { get; }
    internal int Gates { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters =>
        [("weight", Weight), ("recurrent", RecurrentWeight), ("bias", Bias)];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0].Channels == Inputs
        ? inputs[0] with { Channels = Units }
        : throw new FerException(
            $"A recurrent layer with {Inputs} values per step was given {inputs[0]}; its channels must be the values of a step.");

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ReadOnlySpan<Shape> inputs) => (long)inputs[0].Area * (Weight.Length + RecurrentWeight.Length);

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output)
    {
        long gates = (long)Gates * Units, wide = (gates + 31) / 32 * 32, each = wide * (Inputs + Units) + Units * 64L;
        // The gates of every step, the packed matrices, and the tables of their rows; a gate's curve costs as much as some products.
        return new OperationCost(inputs[0].Area * (each + 32 * gates),
            sizeof(float) * (2 * each + gates * (2L * inputs[0].Area + 8)) + 64L * inputs[0].Area, sizeof(float) * 16L * 6 * 32);
    }

    internal override bool GradientReadsInputs => true;
    internal override bool GradientReadsOutput => true;
}
