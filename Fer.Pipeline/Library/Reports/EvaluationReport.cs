using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>The metrics of the model on one split.</summary>
/// <param name="Name">The split's name, such as <c>PublicTest (validation)</c>.</param>
/// <param name="Metrics">The metrics.</param>
internal sealed record EvaluationReport(string Name, FaceClassificationMetrics Metrics)
{
    /// <summary>Where the model fails; null leaves that part out.</summary>
    public ErrorAnalysis? Analysis { get; init; }
}
