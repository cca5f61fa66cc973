using Fer.Pipeline.Data;

namespace Fer.Pipeline.Models;

/// <summary>Names of a model's columns.</summary>
/// <param name="Input">The faces.</param>
/// <param name="Score">One probability a class.</param>
/// <param name="PredictedLabel">The most probable class.</param>
internal sealed record ModelColumns(string Input, string Score, string PredictedLabel)
{
    internal const string ScoreName = "Score", PredictedLabelName = "PredictedLabel";

    /// <summary>As ML.NET's trainers call them.</summary>
    internal static ModelColumns Default { get; } = new(FaceColumns.Pixels, ScoreName, PredictedLabelName);
}
