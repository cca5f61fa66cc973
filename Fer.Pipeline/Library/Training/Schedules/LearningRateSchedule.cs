namespace Fer.Pipeline.Training;

/// <summary>The learning rate's schedules by name, each over the whole run with its usual settings.</summary>
public enum LearningRateSchedule
{
    /// <summary>Half a cosine to 0 after a warm-up of a tenth.</summary>
    Cosine,
    /// <summary>A straight line to 0 after a warm-up of a tenth.</summary>
    Linear,
    /// <summary>Two drops to a tenth.</summary>
    Step,
    /// <summary>The same factor a step, to a hundredth.</summary>
    Exponential,
    /// <summary>Halved when the validation loss has not improved for five epochs.</summary>
    Plateau,
    /// <summary>The same rate throughout.</summary>
    Constant,
}

/// <summary>Makes the schedulers behind the names.</summary>
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
