namespace Fer.Pipeline.Training;

/// <summary>
/// How the learning rate changes over a run. A scheduler gives a factor, and the rate of a step is that factor times the trainer's
/// <c>LearningRate</c>: a scheduler never replaces the rate that was asked for. All can begin with a linear warm-up.
/// </summary>
public abstract record LearningRateScheduler
{
    private readonly double _warmupFraction;

    /// <summary>Share of the run over which the factor rises evenly from near 0 to 1, at least 0 and below 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public double WarmupFraction
    {
        get => _warmupFraction;
        init => _warmupFraction = value is >= 0 and < 1 ? value : throw new FerUsageException($"The warm-up is a share of the run, at least 0 and below 1, not {value}.");
    }

    /// <summary>The scheduler of one run: itself where it keeps no state, otherwise a fresh copy.</summary>
    public virtual LearningRateScheduler Start() => this;

    /// <summary>What the learning rate is multiplied by in this step.</summary>
    public double Factor(in TrainState state)
    {
        if (state.Fraction >= WarmupFraction)
            return Decay(state, WarmupFraction == 0 ? state.Fraction : (state.Fraction - WarmupFraction) / (1 - WarmupFraction));
        // The first step of a warm-up must move too, or it would be lost: it gets a hundredth.
        return 0.01 + 0.99 * state.Fraction / WarmupFraction;
    }

    /// <summary>Tells a scheduler that reacts to it how an epoch went.</summary>
    /// <param name="loss">The loss watched: of the validation set, or of training where there is none.</param>
    /// <param name="learningRate">The trainer's learning rate, before the factor.</param>
    public virtual void EndEpoch(double loss, double learningRate) { }

    /// <summary>Writes what a scheduler has come to in a run, where it keeps such.</summary>
    internal virtual void Save(BinaryWriter writer) { }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    internal virtual void Restore(BinaryReader reader) { }

    /// <summary>The factor after the warm-up.</summary>
    /// <param name="state">Where the run stands.</param>
    /// <param name="progress">Share of the run after the warm-up, 0 … 1.</param>
    protected abstract double Decay(in TrainState state, double progress);

    /// <summary>Progress of a decay that takes <paramref name="steps"/> steps, or, where that is 0, the whole run; past its end it goes on growing.</summary>
    private protected static double Progress(in TrainState state, double progress, long steps) => steps == 0 ? progress : (double)state.Step / steps;

    private protected static long CheckSteps(long steps) =>
        steps >= 0 ? steps : throw new FerUsageException($"The steps of a decay are at least 1, or 0 for the whole run, not {steps}.");
}
