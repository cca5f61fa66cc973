namespace Fer.Pipeline.Training;

/// <summary>The state of a training run before a step, from which a <see cref="LearningRateScheduler"/> computes the rate.</summary>
/// <param name="Step">Steps done before this one, over all epochs.</param>
/// <param name="StepsPerEpoch">Steps per epoch.</param>
/// <param name="Fraction">Progress through the planned run: 0 at the first step, exactly 1 at the last, never decreasing.</param>
public readonly record struct TrainState(long Step, long StepsPerEpoch, double Fraction)
{
    /// <summary>The epoch the step belongs to, from 1.</summary>
    public int Epoch => (int)(Step / StepsPerEpoch) + 1;
}
