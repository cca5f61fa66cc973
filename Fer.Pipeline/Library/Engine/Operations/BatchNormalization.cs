namespace Fer.Pipeline.Engine;

/// <summary>
/// Batch normalisation over batch, height and width, per channel (Ioffe and Szegedy, arXiv 1502.03167), with PyTorch's conventions: biased
/// variance for normalising, unbiased for the running variance, and <see cref="Momentum"/> as the weight of the new batch.
/// </summary>
internal sealed class BatchNormalization : Operation
{
    /// <summary>Creates the operation for <paramref name="channels"/> channels.</summary>
    public BatchNormalization(int channels, float epsilon = 1e-5f, float momentum = 0.1f)
    {
        Channels = channels;
        Epsilon = epsilon;
        Momentum = momentum;
        Scale = new NetworkParameter(ParameterKind.Scale, Initializer.HeNormal, channels);
        Shift = new NetworkParameter(ParameterKind.Shift, Initializer.HeNormal, channels);
        RunningMean = new NetworkParameter(ParameterKind.RunningMean, Initializer.HeNormal, channels);
        RunningVariance = new NetworkParameter(ParameterKind.RunningVariance, Initializer.HeNormal, channels);
    }

    /// <inheritdoc/>
    public override string Kind => "bn";
    /// <summary>Number of input and output channels.</summary>
    public int Channels { get; }
    /// <summary>Added to the variance before the square root.</summary>
    public float Epsilon { get; }
    /// <summary>
    /// True to normalise with the running statistics during training too, without updating them: for fine-tuning, where few or small
    /// batches would spoil statistics measured over many. May be changed between passes.
    /// </summary>
    public bool UsesRunningStatistics { get; set; }
    /// <summary>Weight of the new batch in the running statistics.</summary>
    public float Momentum { get; }
    /// <summary>Gamma, [channels].</summary>
    public NetworkParameter Scale { get; }
    /// <summary>Beta, [channels].</summary>
    public NetworkParameter Shift { get; }
    /// <summary>[channels].</summary>
    public NetworkParameter RunningMean { get; }
    /// <summary>[channels].</summary>
    public NetworkParameter RunningVariance { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters =>
        [("weight", Scale), ("bias", Shift), ("running_mean", RunningMean), ("running_var", RunningVariance)];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0].Channels == Channels
        ? inputs[0]
        : throw new FerException($"Batch normalisation over {Channels} channels was given {inputs[0]}.");

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new BatchNormalizationKernel<V>(this, setup);
    internal override bool GradientReadsInputs => true;
    internal override bool GradientMayOverwrite => true;
}
