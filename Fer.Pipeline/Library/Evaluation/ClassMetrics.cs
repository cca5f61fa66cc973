namespace Fer.Pipeline.Evaluation;

/// <summary>
/// The metrics of one class. Precision, recall and F1 are 0 where their denominator is 0 (scikit-learn's <c>zero_division=0</c>).
/// </summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Share of the rows predicted as the class that belong to it.</param>
/// <param name="Recall">Share of the rows of the class that are predicted as it.</param>
/// <param name="F1">Their harmonic mean.</param>
/// <param name="Support">Rows of the class.</param>
/// <param name="Predicted">Rows predicted as the class.</param>
public sealed record ClassMetrics(string Name, double Precision, double Recall, double F1, int Support, int Predicted)
{
    /// <summary>The 95 % Wilson interval of <see cref="Precision"/>.</summary>
    public ConfidenceInterval PrecisionInterval { get; init; }

    /// <summary>The 95 % Wilson interval of <see cref="Recall"/>.</summary>
    public ConfidenceInterval RecallInterval { get; init; }
}
