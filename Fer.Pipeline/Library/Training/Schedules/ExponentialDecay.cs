namespace Fer.Pipeline.Training;

/// <summary>
/// Multiplies the rate by a constant factor at every step, down to <see cref="Gamma"/> after <see cref="Steps"/> steps or at the end of the
/// run.
/// </summary>
public sealed record ExponentialDecay : LearningRateScheduler
{
    private readonly double _gamma = 0.01;
    private readonly long _steps;

    /// <summary>The factor reached after <see cref="Steps"/> steps, above 0 and at most 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public double Gamma
    {
        get => _gamma;
        init => _gamma = value is > 0 and <= 1 ? value : throw new FerUsageException($"Gamma must be above 0 and at most 1, not {value}.");
    }

    /// <summary>Steps after which the factor is <see cref="Gamma"/>; 0 for the whole run.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public long Steps { get => _steps; init => _steps = CheckSteps(value); }

    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) => Math.Pow(Gamma, Progress(state, progress, Steps));
}
