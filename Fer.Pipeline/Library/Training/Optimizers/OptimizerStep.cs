namespace Fer.Pipeline.Training;

/// <summary>What one step of an optimizer does to a weight w with the gradient g, for a device that does it itself.</summary>
internal abstract record OptimizerStep;

/// <summary>
/// A step of <see cref="Sgd"/>: g += decay * w; v = momentum * v + g; w -= rate * factor * (nesterov ? g + momentum * v : v).
/// </summary>
internal sealed record MomentumStep(float Rate, float Momentum, bool Nesterov) : OptimizerStep;

/// <summary>
/// A step of <see cref="AdaptiveOptimizer"/>: where the decay is in the gradient g += decay * w; m = beta1 * m + (1 - beta1) * g;
/// v = beta2 * v + (1 - beta2) * g²; w = w * (1 - shrink * decay * factor) - factor * (gradientRate * g + momentRate * m) /
/// (sqrt(v) * rootCorrection + epsilon).
/// </summary>
internal sealed record AdaptiveStep(
    float Beta1, float Beta2, float Epsilon, float GradientRate, float MomentRate, float Shrink, bool DecayInGradient, float RootCorrection)
    : OptimizerStep;
