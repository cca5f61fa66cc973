namespace Fer.Pipeline.Training;

/// <summary>The same rate at every step after the warm-up.</summary>
public sealed record ConstantLearningRate : LearningRateScheduler
{
    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) => 1;
}
