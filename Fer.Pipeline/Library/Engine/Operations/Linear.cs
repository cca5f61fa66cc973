namespace Fer.Pipeline.Engine;

/// <summary>Fully connected layer: y = x Wᵀ + b, weights [outputs, inputs]. The input must be a vector: flatten or pool first.</summary>
public sealed class Linear : Operation
{
    /// <summary>Creates a layer from <paramref name="inputs"/> to <paramref name="outputs"/> features.</summary>
    public Linear(int inputs, int outputs, bool bias = true, Initializer initializer = Initializer.HeNormal)
    {
        Inputs = inputs;
        Outputs = outputs;
        Weight = new NetworkParameter(ParameterKind.Weight, initializer, outputs, inputs);
        Bias = bias ? new NetworkParameter(ParameterKind.Bias, initializer, outputs) : null;
    }

    /// <inheritdoc/>
    public override string Kind => "linear";
    /// <summary>Number of input features.</summary>
    public int Inputs { get; }
    /// <summary>Number of output features.</summary>
    public int Outputs { get; }
    /// <summary>[outputs, inputs].</summary>
    public NetworkParameter Weight { get; }
    /// <summary>[outputs], or null.</summary>
    public NetworkParameter? Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters =>
        Bias is null ? [("weight", Weight)] : [("weight", Weight), ("bias", Bias)];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0] == new Shape(Inputs)
        ? new Shape(Outputs)
        : throw new FerException($"A linear layer with {Inputs} input features was given {inputs[0]}; flatten or pool first.");

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ReadOnlySpan<Shape> inputs) => Weight.Length;

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfConvolution(inputs[0], output, Window.Square(1), 1);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ConvolutionKernel<V>(Weight, Bias, Window.Square(1), 1, setup);
    internal override bool GradientReadsInputs => true;
}
