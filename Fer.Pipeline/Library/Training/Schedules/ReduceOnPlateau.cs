namespace Fer.Pipeline.Training;

/// <summary>
/// Falls by <see cref="Factor"/> when the watched loss has not improved for <see cref="Patience"/> epochs, with the meaning of Keras'
/// <c>ReduceLROnPlateau</c>.
/// </summary>
public sealed record ReduceOnPlateau : LearningRateScheduler
{
    private readonly double _factor = 0.5, _minDelta = 1e-4, _minLearningRate;
    private readonly int _patience = 5, _cooldown;
    private State? _state;

    /// <summary>What a reduction multiplies the rate by, above 0 and below 1.</summary>
    /// <exception cref="FerUsageException">The value is out of its range.</exception>
    public new double Factor { get => _factor; init => _factor = value is > 0 and < 1 ? value : throw new FerUsageException($"The factor of a reduction is above 0 and below 1, not {value}."); }

    /// <summary>Epochs without improvement before a reduction, at least 1.</summary>
    /// <exception cref="FerUsageException">The value is below 1.</exception>
    public int Patience { get => _patience; init => _patience = value >= 1 ? value : throw new FerUsageException($"Patience is at least 1 epoch, not {value}."); }

    /// <summary>How far below the best a loss must lie to count as better, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public double MinDelta { get => _minDelta; init => _minDelta = value >= 0 ? value : throw new FerUsageException($"The least improvement is at least 0, not {value}."); }

    /// <summary>Epochs after a reduction in which no epoch counts against the patience, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public int Cooldown { get => _cooldown; init => _cooldown = value >= 0 ? value : throw new FerUsageException($"The cool-down is at least 0 epochs, not {value}."); }

    /// <summary>Learning rate below which no reduction goes, at least 0.</summary>
    /// <exception cref="FerUsageException">The value is negative.</exception>
    public double MinLearningRate { get => _minLearningRate; init => _minLearningRate = value >= 0 ? value : throw new FerUsageException($"The least learning rate is at least 0, not {value}."); }

    /// <inheritdoc/>
    public override LearningRateScheduler Start() => this with { _state = new State() };

    /// <inheritdoc/>
    public override void EndEpoch(double loss, double learningRate)
    {
        var state = _state ?? throw new InvalidOperationException("Use the scheduler that Start gives.");
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
        var state = _state ?? throw new InvalidOperationException("Use the scheduler that Start gives.");
        (state.Best, state.Factor, state.Waited, state.CooldownLeft) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt32());
    }

    /// <inheritdoc/>
    protected override double Decay(in TrainState state, double progress) => _state?.Factor ?? 1;

    private sealed class State
    {
        internal double Best = double.PositiveInfinity, Factor = 1;
        internal int Waited, CooldownLeft;
    }
}
