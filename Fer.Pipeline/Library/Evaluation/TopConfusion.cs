namespace Fer.Pipeline.Evaluation;

/// <summary>One kind of mistake.</summary>
/// <param name="True">The class it is.</param>
/// <param name="Predicted">The class it was taken for.</param>
/// <param name="Count">How often.</param>
/// <param name="Share">The part of the true class's rows, 0 … 1.</param>
public sealed record TopConfusion(string True, string Predicted, int Count, double Share);
