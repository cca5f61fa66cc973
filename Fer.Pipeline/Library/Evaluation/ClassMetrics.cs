namespace Fer.Pipeline.Evaluation;

/// <summary>How one class fares. Precision, recall and F1 are 0 where nothing stands below the fraction (scikit-learn's <c>zero_division=0</c>).</summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Of what was predicted as the class, the share that is of it.</param>
/// <param name="Recall">Of what is of the class, the share predicted so.</param>
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
