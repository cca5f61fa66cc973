namespace Fer.Pipeline.Training;

/// <summary>How far a run has come and which step is its last: what the learning rate and the loop go by.</summary>
internal abstract class TrainingPlan
{
    /// <summary>Progress at the step about to run or running: 0 at the first, exactly 1 at the last, never falling.</summary>
    internal double Fraction { get; private protected set; }

    /// <summary>True where the step running is the last.</summary>
    internal bool IsLast => Fraction >= 1;

    /// <summary>Steps done.</summary>
    internal long Done { get; private set; }

    /// <summary>Steps that the whole run is expected to have, as far as is known.</summary>
    internal abstract long TotalSteps { get; }

    /// <summary>Takes the time of a step and moves on to the next.</summary>
    internal void EndStep(double seconds)
    {
        Done++;
        Advance(seconds);
    }

    /// <summary>Takes the time of what an epoch ends with: a pass over the validation set and a checkpoint.</summary>
    internal virtual void EndValidation(double seconds) { }

    /// <summary>Tells that steps cost more or less from here on.</summary>
    /// <param name="ratio">A step's cost from here on, in steps so far.</param>
    internal virtual void ChangeCost(double ratio) { }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Fraction);
        writer.Write(Done);
        SaveTimes(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where the state stands.</param>
    /// <param name="elapsed">Time that the run had taken by then.</param>
    internal void Restore(BinaryReader reader, TimeSpan elapsed)
    {
        Fraction = reader.ReadDouble();
        Done = reader.ReadInt64();
        if (!(Fraction is >= 0 and <= 1) || Done < 0) throw new FormatException("The progress makes no sense.");
        RestoreTimes(reader, elapsed);
    }

    private protected abstract void Advance(double seconds);

    private protected virtual void SaveTimes(BinaryWriter writer) { }

    private protected virtual void RestoreTimes(BinaryReader reader, TimeSpan elapsed) { }
}

/// <summary>A run of a fixed number of steps.</summary>
internal sealed class FixedPlan : TrainingPlan
{
    internal FixedPlan(long steps)
    {
        TotalSteps = steps;
        Fraction = steps == 1 ? 1 : 0;
    }

    internal override long TotalSteps { get; }

    private protected override void Advance(double seconds) => Fraction = Done >= TotalSteps - 1 ? 1 : (double)Done / (TotalSteps - 1);
}

/// <summary>
/// A run that ends by an instant. After each step it works out from the measured times how many more fit before the deadline, keeping back
/// the final validation and a reserve, and gives each of them an equal share of the progress that is left. So the learning rate ends at its
/// last value however fast the machine turns out to be. The price: the step count, and with it the weights, depends on the machine.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="start">When the run began.</param>
/// <param name="budget">Time of the whole run.</param>
/// <param name="stepsPerEpoch">Steps of an epoch, after each of which the validation runs.</param>
/// <param name="mostSteps">Steps past which it does not go.</param>
/// <param name="validationSteps">Time of a validation in steps, until one was timed.</param>
/// <param name="remainingCost">Average cost of a step from a fraction on, in steps at that place; null where all cost the same.</param>
internal sealed class DeadlinePlan(
    TimeProvider clock, long start, TimeSpan budget, long stepsPerEpoch, long mostSteps, double validationSteps,
    Func<double, double>? remainingCost = null) : TrainingPlan
{
    // Timers, other work on the machine and the end of the run itself: one percent of the budget and one step are kept free.
    private const double ReserveShare = 0.01;

    private TimeSpan _before;
    private double _step, _validation = -1;
    private long _left, _timed;

    internal override long TotalSteps => Done + Math.Max(1, _left);

    internal override void EndValidation(double seconds) => _validation = seconds;

    internal override void ChangeCost(double ratio)
    {
        _step *= ratio;
        // New shapes: their first step prepares again.
        _timed = 0;
    }

    private protected override void Advance(double seconds)
    {
        // The first step compiles the kernels: most of it will not come again, and the second one takes its place. Later ones are averaged
        // over about the last fifty.
        _timed++;
        if (_timed > 1) _step += (seconds - _step) * Math.Max(1.0 / (_timed - 1), 0.02);
        else if (_step == 0) _step = seconds / 4;
        double validation = _validation >= 0 ? _validation : validationSteps * _step;
        double time =
            (budget - _before - clock.GetElapsedTime(start)).TotalSeconds - budget.TotalSeconds * ReserveShare - validation - _step;
        double step = _step * (remainingCost?.Invoke(Fraction) ?? 1);
        double fit = Math.Floor(time / Math.Max(1e-9, step + validation / stepsPerEpoch));
        _left = (long)Math.Min(fit, mostSteps - Done);
        Fraction = _left <= 1 ? 1 : Fraction + (1 - Fraction) / _left;
    }

    private protected override void SaveTimes(BinaryWriter writer)
    {
        writer.Write(_step);
        writer.Write(_validation);
        writer.Write(_left);
    }

    private protected override void RestoreTimes(BinaryReader reader, TimeSpan elapsed)
    {
        _before = elapsed;
        (_step, _validation, _left, _timed) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt64(), 0);
    }
}
