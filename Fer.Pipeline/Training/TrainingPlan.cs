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

    /// <summary>Takes the time of a pass over the validation set.</summary>
    internal virtual void EndValidation(double seconds) { }

    private protected abstract void Advance(double seconds);
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
/// A run that ends by an instant. After each step it works out from the measured times how many more fit before the deadline, keeping back the
/// final validation and a reserve, and gives each of them an equal share of the progress that is left. So the learning rate ends at its
/// last value however fast the machine turns out to be. The price: the step count, and with it the weights, depends on the machine.
/// </summary>
internal sealed class DeadlinePlan(TimeProvider clock, TimeSpan budget, long stepsPerEpoch, long mostSteps, double validationSteps) : TrainingPlan
{
    // Timers, other work on the machine and the end of the run itself: half a percent of the budget and one step are kept free.
    private const double ReserveShare = 0.005;

    private readonly long _start = clock.GetTimestamp();
    private double _step, _validation = -1;
    private long _left;

    internal override long TotalSteps => Done + Math.Max(1, _left);

    internal override void EndValidation(double seconds) => _validation = seconds;

    private protected override void Advance(double seconds)
    {
        // The first step compiles the kernels: most of it will not come again, and the second one takes its place. Later ones are averaged
        // over about the last fifty.
        _step = Done == 1 ? seconds / 4 : Done == 2 ? seconds : _step + (seconds - _step) * Math.Max(1.0 / (Done - 1), 0.02);
        double validation = _validation >= 0 ? _validation : validationSteps * _step;
        double time = (budget - clock.GetElapsedTime(_start)).TotalSeconds - budget.TotalSeconds * ReserveShare - validation - _step;
        double fit = Math.Floor(time / Math.Max(1e-9, _step + validation / stepsPerEpoch));
        _left = (long)Math.Min(fit, mostSteps - Done);
        Fraction = _left <= 1 ? 1 : Fraction + (1 - Fraction) / _left;
    }
}
