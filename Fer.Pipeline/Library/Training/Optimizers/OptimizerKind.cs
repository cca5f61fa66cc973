namespace Fer.Pipeline.Training;

/// <summary>The optimizers by name.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum 0.9.</summary>
    Sgd,
    /// <summary>Adam; weight decay in the gradient.</summary>
    Adam,
    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,
    /// <summary>Adam with Nesterov momentum.</summary>
    Nadam,
}
