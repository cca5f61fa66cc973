namespace Fer.Pipeline.Training;

/// <summary>
/// Cosine annealing from 1 to exactly 0 at the planned last step (Loshchilov and Hutter, arXiv 1608.03983), after a linear warm-up over a
/// tenth of the run by default.
/// </summary>
public sealed record CosineDecay : LearningRateScheduler
{
    /// <summary>Creates the schedule with its default warm-up.</summary>
    public CosineDecay() => WarmupFraction = 0.1;

    /// <inheritdoc/>
    // cos(pi) happens to be exactly -1 in floating point, but only the comparison guarantees it.
    protected override double Decay(in TrainState state, double progress) => progress >= 1 ? 0 : 0.5 * (1 + Math.Cos(Math.PI * progress));
}
