namespace Fer.Pipeline.Training;

/// <summary>The learning rate schedules by name, each over the whole run with its default settings.</summary>
public enum LearningRateSchedule
{
    /// <summary>Cosine annealing to 0 after a warm-up over a tenth of the run.</summary>
    Cosine,
    /// <summary>Linear decay to 0 after a warm-up over a tenth of the run.</summary>
    Linear,
    /// <summary>Two drops, each to a tenth.</summary>
    Step,
    /// <summary>Exponential decay to a hundredth.</summary>
    Exponential,
    /// <summary>Halved when the validation loss has not improved for five epochs.</summary>
    Plateau,
    /// <summary>A constant rate.</summary>
    Constant,
}

/// <summary>Creates the scheduler for a name.</summary>
public static class LearningRateSchedules
{
    /// <summary>The scheduler of a name.</summary>
    /// <exception cref="FerUsageException">There is none.</exception>
    public static LearningRateScheduler Create(this LearningRateSchedule schedule) => schedule switch
    {
        LearningRateSchedule.Cosine => new CosineDecay(),
        LearningRateSchedule.Linear => new PolynomialDecay { WarmupFraction = 0.1 },
        LearningRateSchedule.Step => new StepDecay(),
        LearningRateSchedule.Exponential => new ExponentialDecay(),
        LearningRateSchedule.Plateau => new ReduceOnPlateau(),
        LearningRateSchedule.Constant => new ConstantLearningRate(),
        _ => throw new FerUsageException($"There is no schedule {schedule}."),
    };
}
