namespace Fer.Pipeline.Training;

/// <summary>
/// Multiplies the rate by <see cref="Factor"/> when the monitored loss has not improved for <see cref="Patience"/> epochs, with the
/// semantics of Keras' <c>ReduceLROnPlateau</c>.
/// </summary>
public sealed record ReduceOnPlateau : LearningRateScheduler
{
    private readonly double _factor = 0.5, _minDelta = 1e-4, _minLearningRate;
    private readonly int _patience = 5, _cooldown;
    private State? _state;

    /// <summary>The factor of each reduction, above 0 and below 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public new double Factor
    {
        get => _factor;
        init => _factor = value is > 0 and < 1 ? value
            : throw new FerUsageException($"The factor of a reduction must be above 0 and below 1, not {value}.");
    }

    /// <summary>Epochs without improvement before a reduction, at least 1.</summary>
    /// <exception cref="FerUsageException">The value is below 1.</exception>
    public int Patience
    {
        get => _patience;
        init => _patience = value >= 1 ? value : throw new FerUsageException($"Patience must be at least 1 epoch, not {value}.");
    }

    /// <summary>Minimum decrease of the loss that counts as an improvement, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public double MinDelta
    {
        get => _minDelta;
        init => _minDelta = value >= 0 ? value : throw new FerUsageException($"The minimum improvement must be at least 0, not {value}.");
    }

    /// <summary>Epochs after a reduction that do not count towards the patience, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public int Cooldown
    {
        get => _cooldown;
        init => _cooldown = value >= 0 ? value : throw new FerUsageException($"The cool-down must be at least 0 epochs, not {value}.");
    }

    /// <summary>Minimum learning rate after a reduction, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public double MinLearningRate
    {
        get => _minLearningRate;
        init => _minLearningRate = value >= 0 ? value
            : throw new FerUsageException($"The minimum learning rate must be at least 0, not {value}.");
    }

    /// <inheritdoc/>
    public override LearningRateScheduler Start() => this with { _state = new State() };

    /// <inheritdoc/>
    public override void EndEpoch(double loss, double learningRate)
    {
        var state = _state ?? throw new InvalidOperationException("Use the scheduler that Start returns.");
        if (state.CooldownLeft > 0)
        {
            state.CooldownLeft--;
            state.Waited = 0;
        }
        if (loss < state.Best - MinDelta)
        {
            state.Best = loss;
            state.Waited = 0;
        }
        else if (state.CooldownLeft == 0 && ++state.Waited >= Patience && learningRate * state.Factor > MinLearningRate)
        {
            state.Factor = Math.Max(state.Factor * Factor, MinLearningRate / learningRate);
            state.CooldownLeft = Cooldown;
            state.Waited = 0;
        }
    }

    internal override void Save(BinaryWriter writer)
    {
        var state = _state ?? new State();
        writer.Write(state.Best);
        writer.Write(state.Factor);
        writer.Write(state.Waited);
        writer.Write(state.CooldownLeft);
    }

    internal override void Restore(BinaryReader reader)
    {
        var state = _state ?? throw new InvalidOperationException("Use the scheduler that Start returns.");
        (state.Best, state.Factor, state.Waited, state.CooldownLeft) =
            (reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt32());
    }

    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) => _state?.Factor ?? 1;

    private sealed class State
    {
        internal double Best = double.PositiveInfinity, Factor = 1;
        internal int Waited, CooldownLeft;
    }
}
