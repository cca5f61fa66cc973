namespace Fer.Pipeline.Training;

/// <summary>Falls by <see cref="Gamma"/> at even intervals: each <see cref="Steps"/> steps, or <see cref="Drops"/> times over the run.</summary>
public sealed record StepDecay : LearningRateScheduler
{
    private readonly double _gamma = 0.1;
    private readonly long _steps;
    private readonly int _drops = 2;

    /// <summary>What each drop multiplies the rate by, above 0 and at most 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public double Gamma { get => _gamma; init => _gamma = value is > 0 and <= 1 ? value : throw new FerUsageException($"Gamma is above 0 and at most 1, not {value}."); }

    /// <summary>Steps between drops, or 0 to spread <see cref="Drops"/> drops evenly over the run.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public long Steps { get => _steps; init => _steps = CheckSteps(value); }

    /// <summary>Drops over the run where <see cref="Steps"/> is 0, at least 1.</summary>
    /// <exception cref="FerUsageException">The value is below 1.</exception>
    public int Drops { get => _drops; init => _drops = value >= 1 ? value : throw new FerUsageException($"A step decay drops at least once, not {value} times."); }

    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) =>
        Math.Pow(Gamma, Steps > 0 ? state.Step / Steps : Math.Min(Drops, (int)(progress * (Drops + 1))));
}
