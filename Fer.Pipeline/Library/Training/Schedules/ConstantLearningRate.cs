namespace Fer.Pipeline.Training;

/// <summary>A constant rate after the warm-up.</summary>
public sealed record ConstantLearningRate : LearningRateScheduler
{
    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) => 1;
}
