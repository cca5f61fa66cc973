using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>What an experiment on faces measured and decided before its first trial, so that it goes on by it after a stop.</summary>
internal sealed record PlanRecord
{
    /// <summary>Hash of the training faces; other faces are another experiment.</summary>
    public required string DataSha256 { get; init; }
    public required double BudgetSeconds { get; init; }
    /// <summary>Time that it took to get to the plan; the plan's own counts from then.</summary>
    public double PlanningSeconds { get; init; }
    public required BudgetPlan Plan { get; init; }
    /// <summary>The width that the time is enough for.</summary>
    public required double Width { get; init; }
    /// <summary>The backbones that the time is enough for; a speed that turns out lower is put in its place.</summary>
    public IReadOnlyList<BackboneCandidate> Backbones { get; init; } = [];
    /// <summary>What the sweep is compared with; null where there is no backbone or no time.</summary>
    public BaselinePlan? Baseline { get; init; }
    /// <summary>Measured faces a second in training, by <see cref="Calibration.KeyOf"/>; in no order.</summary>
    public required IReadOnlyDictionary<string, double> ImagesPerSecond { get; init; }

    /// <summary>Measured faces a second in training of a setting's network; null where it was not measured.</summary>
    public double? SpeedOf(ImageClassificationTrainer.Options options) =>
        ImagesPerSecond.TryGetValue(Calibration.KeyOf(options), out double speed) ? speed : null;
}

/// <summary>
/// What was measured for a plan. It is kept before there is one, so that a process killed while it plans does not measure it all again.
/// </summary>
/// <param name="FinishSeconds">Time that scoring, saving and reporting a model takes.</param>
/// <param name="ImagesPerSecond">Measured faces a second in training, by <see cref="Calibration.KeyOf"/>; in no order.</param>
internal sealed record PlanMeasurements(double FinishSeconds, IReadOnlyDictionary<string, double> ImagesPerSecond);
