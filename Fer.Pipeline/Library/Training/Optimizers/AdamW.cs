namespace Fer.Pipeline.Training;

/// <summary>
/// Adam with decoupled weight decay, w *= 1 - rate * decay before the step (Loshchilov and Hutter, arXiv 1711.05101), as in PyTorch.
/// </summary>
internal sealed class AdamW : AdaptiveOptimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="FerUsageException">A value is out of its range.</exception>
    public AdamW(float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0.01f)
        : base(beta1, beta2, epsilon, weightDecay) { }

    /// <inheritdoc/>
    protected override void Prepare(float learningRate) =>
        SetRates(gradient: 0, moment: learningRate / (1 - Math.Pow(Beta1, Steps)), shrink: learningRate, decayInGradient: false);
}
