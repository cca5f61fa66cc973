namespace Fer.Pipeline.Training;

/// <summary>
/// Half a cosine from 1 to exactly 0 at the planned last step (Loshchilov and Hutter, arXiv 1608.03983), after a linear warm-up of a tenth
/// of the run unless told otherwise.
/// </summary>
public sealed record CosineDecay : LearningRateScheduler
{
    /// <summary>Creates the schedule with its usual warm-up.</summary>
    public CosineDecay() => WarmupFraction = 0.1;

    /// <inheritdoc/>
    // cos(pi) is -1 exactly in floating point, but only the comparison says so for certain.
    protected override double Decay(in TrainState state, double progress) => progress >= 1 ? 0 : 0.5 * (1 + Math.Cos(Math.PI * progress));
}
