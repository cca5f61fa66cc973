namespace Fer.Pipeline.Evaluation;

/// <summary>The outcome of one row; all metrics are sums over these.</summary>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">The most probable class.</param>
/// <param name="Confidence">Its probability.</param>
/// <param name="Loss">-ln p(true class).</param>
/// <param name="Brier">The squared distance from the one-hot label.</param>
internal readonly record struct RowOutcome(int Label, int Predicted, double Confidence, double Loss, double Brier)
{
    internal bool IsRight => Label == Predicted;
}
