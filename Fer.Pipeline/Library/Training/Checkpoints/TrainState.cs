namespace Fer.Pipeline.Training;

/// <summary>Where a training run stands when a step begins: what a <see cref="LearningRateScheduler"/> decides on.</summary>
/// <param name="Step">Steps done before this one, over all epochs.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="Fraction">Progress through the planned run: 0 at the first step, exactly 1 at the last, never falling.</param>
public readonly record struct TrainState(long Step, long StepsPerEpoch, double Fraction)
{
    /// <summary>The epoch the step belongs to, from 1.</summary>
    public int Epoch => (int)(Step / StepsPerEpoch) + 1;
}
