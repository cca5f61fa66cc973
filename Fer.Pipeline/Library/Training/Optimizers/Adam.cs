namespace Fer.Pipeline.Training;

/// <summary>
/// Adam (Kingma and Ba, arXiv 1412.6980) as in PyTorch; weight decay is added to the gradient. <see cref="AdamW"/> decouples it.
/// </summary>
internal sealed class Adam : AdaptiveOptimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="FerUsageException">A value is out of its range.</exception>
    public Adam(float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0f)
        : base(beta1, beta2, epsilon, weightDecay) { }

    /// <inheritdoc/>
    protected override void Prepare(float learningRate) =>
        SetRates(gradient: 0, moment: learningRate / (1 - Math.Pow(Beta1, Steps)), shrink: 0, decayInGradient: true);
}
