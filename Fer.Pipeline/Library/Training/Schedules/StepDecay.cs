namespace Fer.Pipeline.Training;

/// <summary>
/// Multiplies the rate by <see cref="Gamma"/> at regular intervals: every <see cref="Steps"/> steps, or <see cref="Drops"/> times over the
/// run.
/// </summary>
public sealed record StepDecay : LearningRateScheduler
{
    private readonly double _gamma = 0.1;
    private readonly long _steps;
    private readonly int _drops = 2;

    /// <summary>The factor of each drop, above 0 and at most 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public double Gamma
    {
        get => _gamma;
        init => _gamma = value is > 0 and <= 1 ? value : throw new FerUsageException($"Gamma must be above 0 and at most 1, not {value}.");
    }

    /// <summary>Steps between drops; 0 spreads <see cref="Drops"/> drops evenly over the run.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public long Steps { get => _steps; init => _steps = CheckSteps(value); }

    /// <summary>Number of drops over the run if <see cref="Steps"/> is 0, at least 1.</summary>
    /// <exception cref="FerUsageException">The value is below 1.</exception>
    public int Drops
    {
        get => _drops;
        init => _drops = value >= 1 ? value : throw new FerUsageException($"A step decay needs at least 1 drop, not {value}.");
    }

    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) =>
        Math.Pow(Gamma, Steps > 0 ? state.Step / Steps : Math.Min(Drops, (int)(progress * (Drops + 1))));
}
