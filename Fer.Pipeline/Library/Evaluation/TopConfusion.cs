namespace Fer.Pipeline.Evaluation;

/// <summary>One kind of mistake.</summary>
/// <param name="True">The true class.</param>
/// <param name="Predicted">The predicted class.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="Share">Share of the true class's rows, 0 … 1.</param>
public sealed record TopConfusion(string True, string Predicted, int Count, double Share);
