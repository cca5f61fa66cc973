namespace Fer.Pipeline.Training;

/// <summary>
/// How the learning rate changes over a run. A scheduler returns a factor, and the rate of a step is that factor times the trainer's
/// <c>LearningRate</c>, which is never replaced. Every scheduler can start with a linear warm-up.
/// </summary>
public abstract record LearningRateScheduler
{
    private readonly double _warmupFraction;

    /// <summary>Share of the run over which the factor rises linearly from near 0 to 1, at least 0 and below 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public double WarmupFraction
    {
        get => _warmupFraction;
        init => _warmupFraction = value is >= 0 and < 1 ? value
            : throw new FerUsageException($"The warm-up is a share of the run and must be at least 0 and below 1, not {value}.");
    }

    /// <summary>The scheduler for one run: this one if it is stateless, otherwise a fresh copy.</summary>
    public virtual LearningRateScheduler Start() => this;

    /// <summary>The factor for the learning rate of this step.</summary>
    public double Factor(in TrainState state)
    {
        if (state.Fraction >= WarmupFraction)
            return Decay(state, WarmupFraction == 0 ? state.Fraction : (state.Fraction - WarmupFraction) / (1 - WarmupFraction));
        // The first warm-up step would be wasted at a rate of 0; it gets a hundredth.
        return 0.01 + 0.99 * state.Fraction / WarmupFraction;
    }

    /// <summary>Reports the end of an epoch to a scheduler that depends on it.</summary>
    /// <param name="loss">The monitored loss: of the validation set, or of training if there is none.</param>
    /// <param name="learningRate">The trainer's learning rate, before the factor.</param>
    public virtual void EndEpoch(double loss, double learningRate) { }

    /// <summary>Writes the state of a run, if the scheduler has one.</summary>
    internal virtual void Save(BinaryWriter writer) { }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    internal virtual void Restore(BinaryReader reader) { }

    /// <summary>The factor after the warm-up.</summary>
    /// <param name="state">The state of the run.</param>
    /// <param name="progress">Progress after the warm-up, 0 … 1.</param>
    protected abstract double Decay(in TrainState state, double progress);

    /// <summary>
    /// Progress of a decay over <paramref name="steps"/> steps, or over the whole run if that is 0; it exceeds 1 after the last step.
    /// </summary>
    private protected static double Progress(in TrainState state, double progress, long steps) =>
        steps == 0 ? progress : (double)state.Step / steps;

    private protected static long CheckSteps(long steps) =>
        steps >= 0 ? steps : throw new FerUsageException($"The steps of a decay must be at least 1, or 0 for the whole run, not {steps}.");
}
