namespace Fer.Pipeline.Engine;

/// <summary>The role of a parameter, which determines its initial value and whether weight decay applies to it.</summary>
public enum ParameterKind
{
    /// <summary>Weights of a convolution or linear layer: the only kind with weight decay.</summary>
    Weight,
    /// <summary>Bias of a convolution or linear layer.</summary>
    Bias,
    /// <summary>Batch normalisation's gamma.</summary>
    Scale,
    /// <summary>Batch normalisation's beta.</summary>
    Shift,
    /// <summary>Batch normalisation's running mean: updated by the forward pass, not trained.</summary>
    RunningMean,
    /// <summary>Batch normalisation's running variance: updated by the forward pass, not trained.</summary>
    RunningVariance,
    /// <summary>Slope of a PReLU; initialised to 0.25.</summary>
    Slope,
    /// <summary>Constant values that are part of the network's definition: not trained.</summary>
    Constant,
}

/// <summary>How a weight is initialised.</summary>
public enum Initializer
{
    /// <summary>Normal with variance 2 / fan-in (He et al., arXiv 1502.01852).</summary>
    HeNormal,
    /// <summary>Uniform with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010); Keras' default.</summary>
    XavierUniform,
    /// <summary>Orthonormal rows or columns (Saxe et al., arXiv 1312.6120).</summary>
    Orthogonal,
}

/// <summary>
/// One named array of a network, in PyTorch's and ONNX's layout: a convolution's weights are [outputs, inputs / groups, height, width], a
/// linear layer's [outputs, inputs]. Its values are stored in the network's <see cref="ParameterSet"/>.
/// </summary>
public sealed class NetworkParameter
{
    private ParameterSet? _owner;

    internal NetworkParameter(ParameterKind kind, Initializer initializer, params int[] dimensions)
    {
        Kind = kind;
        Initializer = initializer;
        Dimensions = dimensions;
        Length = dimensions.Aggregate(1, (a, b) => checked(a * b));
    }

    /// <summary>Unique within its network, for instance <c>conv1.weight</c>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The role of the parameter.</summary>
    public ParameterKind Kind { get; }

    /// <summary>How a weight is initialised; other kinds start at 0 or 1, depending on their role.</summary>
    public Initializer Initializer { get; }

    /// <summary>Dimensions, outermost first.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Number of values.</summary>
    public int Length { get; }

    /// <summary>Index of the parameter's first value in its set.</summary>
    public int Offset { get; private set; }

    /// <summary>False for running statistics and constants, which have no gradient.</summary>
    public bool IsTrainable => Kind is not (ParameterKind.RunningMean or ParameterKind.RunningVariance or ParameterKind.Constant);

    /// <summary>
    /// Factor applied to the optimizer's step for this parameter: below 1 for layers that should change less than others. 0 freezes it; if
    /// all of a network's first layers are frozen, the backward pass stops before them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not a number.</exception>
    public float LearningRateFactor
    {
        get;
        set => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A learning rate factor must be at least 0.");
    } = 1;

    /// <summary>The values.</summary>
    public Span<float> Values => Owner.Values.Slice(Offset, Length);

    /// <summary>The gradient from the last backward pass.</summary>
    /// <exception cref="InvalidOperationException">The parameter is not trainable.</exception>
    public Span<float> Gradients =>
        IsTrainable ? Owner.Gradients.Slice(Offset, Length) : throw new InvalidOperationException($"{Name} is not trainable.");

    /// <summary>True once the parameter has been added to a network.</summary>
    internal bool IsBound => _owner is not null;

    private ParameterSet Owner => _owner ?? throw new InvalidOperationException("The parameter has not been added to a network yet.");

    internal void Bind(ParameterSet owner, string name, int offset)
    {
        _owner = owner;
        Name = name;
        Offset = offset;
    }
}
