namespace Fer.Pipeline.Training;

/// <summary>Decays as (1 - progress)^<see cref="Power"/> to <see cref="EndFactor"/> and stays there; power 1 is linear.</summary>
public sealed record PolynomialDecay : LearningRateScheduler
{
    private readonly double _power = 1, _endFactor;
    private readonly long _steps;

    /// <summary>The exponent, above 0.</summary>
    /// <exception cref="FerUsageException">The value is not above 0.</exception>
    public double Power
    {
        get => _power;
        init => _power = value > 0 ? value : throw new FerUsageException($"The power of a decay must be above 0, not {value}.");
    }

    /// <summary>The factor at the end, 0 … 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public double EndFactor
    {
        get => _endFactor;
        init => _endFactor = value is >= 0 and <= 1 ? value
            : throw new FerUsageException($"The end factor must be at least 0 and at most 1, not {value}.");
    }

    /// <summary>Steps until the end is reached; 0 for the whole run.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public long Steps { get => _steps; init => _steps = CheckSteps(value); }

    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) =>
        EndFactor + (1 - EndFactor) * Math.Pow(1 - Math.Min(1, Progress(state, progress, Steps)), Power);
}
