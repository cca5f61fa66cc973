namespace Fer.Pipeline.Training;

/// <summary>
/// Adam with Nesterov momentum (Dozat, "Incorporating Nesterov Momentum into Adam", 2016) as in PyTorch 2, with its momentum schedule mu(t)
/// = beta1 * (1 - 0.96^(t * decay) / 2); weight decay is added to the gradient.
/// </summary>
internal sealed class Nadam : AdaptiveOptimizer
{
    private readonly double _momentumDecay;
    private double _momentumProduct = 1;

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="FerUsageException">A value is out of its range.</exception>
    public Nadam(float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0f, float momentumDecay = 4e-3f)
        : base(beta1, beta2, epsilon, weightDecay)
    {
        if (!(momentumDecay >= 0)) throw new FerUsageException($"Momentum decay must be at least 0, not {momentumDecay}.");
        _momentumDecay = momentumDecay;
    }

    /// <inheritdoc/>
    protected override void Prepare(float learningRate)
    {
        double momentum = Momentum(Steps), next = Momentum(Steps + 1);
        _momentumProduct *= momentum;
        SetRates(
            gradient: learningRate * (1 - momentum) / (1 - _momentumProduct),
            moment: learningRate * next / (1 - _momentumProduct * next),
            shrink: 0, decayInGradient: true);
    }

    /// <inheritdoc/>
    protected override void SaveScalars(BinaryWriter writer) => writer.Write(_momentumProduct);

    /// <inheritdoc/>
    protected override void RestoreScalars(BinaryReader reader) => _momentumProduct = reader.ReadDouble();

    private double Momentum(long step) => Beta1 * (1 - 0.5 * Math.Pow(0.96, step * _momentumDecay));
}
