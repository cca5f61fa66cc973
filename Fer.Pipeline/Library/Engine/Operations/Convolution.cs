namespace Fer.Pipeline.Engine;

/// <summary>
/// Two-dimensional cross-correlation, as in PyTorch's <c>Conv2d</c> and ONNX's <c>Conv</c>; weights [outputs, inputs / groups, height,
/// width].
/// </summary>
internal sealed class Convolution : Operation
{
    /// <summary>Creates a convolution from <paramref name="inputChannels"/> to <paramref name="outputChannels"/> channels.</summary>
    /// <exception cref="FerException">The channels are not positive or not multiples of <paramref name="groups"/>.</exception>
    public Convolution(int inputChannels, int outputChannels, Window window, int groups = 1, bool bias = true,
        Initializer initializer = Initializer.HeNormal)
    {
        if (groups < 1 || inputChannels < 1 || outputChannels < 1 || inputChannels % groups != 0 || outputChannels % groups != 0)
            throw new FerException($"A convolution from {inputChannels} to {outputChannels} channels cannot have {groups} groups.");
        if (window.CeilMode) throw new FerException("A convolution rounds its output size down; only pooling can round it up.");
        InputChannels = inputChannels;
        OutputChannels = outputChannels;
        Window = window;
        Groups = groups;
        Weight = new NetworkParameter(ParameterKind.Weight, initializer, outputChannels, inputChannels / groups, window.KernelHeight,
            window.KernelWidth);
        Bias = bias ? new NetworkParameter(ParameterKind.Bias, initializer, outputChannels) : null;
    }

    /// <inheritdoc/>
    public override string Kind => "conv";
    /// <summary>Number of input channels.</summary>
    public int InputChannels { get; }
    /// <summary>Number of output channels.</summary>
    public int OutputChannels { get; }
    /// <summary>Kernel, stride and padding.</summary>
    public Window Window { get; }
    /// <summary>Number of groups that the channels are divided into; the number of channels for a depthwise convolution.</summary>
    public int Groups { get; }
    /// <summary>[outputs, inputs / groups, height, width].</summary>
    public NetworkParameter Weight { get; }
    /// <summary>[outputs], or null.</summary>
    public NetworkParameter? Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters =>
        Bias is null ? [("weight", Weight)] : [("weight", Weight), ("bias", Bias)];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        if (inputs[0].Channels != InputChannels)
            throw new FerException($"A convolution with {InputChannels} input channels was given {inputs[0]}.");
        return Window.Output(inputs[0], OutputChannels);
    }

    /// <inheritdoc/>
    public override long MultiplyAccumulates(ReadOnlySpan<Shape> inputs) => (long)OutputShape(inputs).Area * Weight.Length;

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfConvolution(inputs[0], output, Window, Groups);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ConvolutionKernel<V>(Weight, Bias, Window, Groups, setup);
    internal override bool GradientReadsInputs => true;
}
