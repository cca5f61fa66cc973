namespace Fer.Pipeline.AutoML;

/// <summary>What an experiment on faces measured and decided before its first trial, so that it goes on by it after a stop.</summary>
internal sealed record PlanRecord
{
    /// <summary>Hash of the training faces; other faces are another experiment.</summary>
    public required string DataSha256 { get; init; }
    public required double BudgetSeconds { get; init; }
    public required BudgetPlan Plan { get; init; }
    /// <summary>The width that the time is enough for.</summary>
    public required double Width { get; init; }
    /// <summary>The backbones that the time is enough for.</summary>
    public IReadOnlyList<BackboneCandidate> Backbones { get; init; } = [];
    /// <summary>What the sweep is compared with; null where there is no backbone or no time.</summary>
    public BaselinePlan? Baseline { get; init; }
    /// <summary>Measured faces a second in training, by <c>architecture/width/side</c>.</summary>
    public required IReadOnlyDictionary<string, double> ImagesPerSecond { get; init; }
}
