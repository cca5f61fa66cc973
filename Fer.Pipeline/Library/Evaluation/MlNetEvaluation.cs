using Fer.Pipeline.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Evaluation;

/// <summary>ML.NET's evaluator over probabilities in memory.</summary>
internal static class MlNetEvaluation
{
    /// <summary>Evaluates what is predicted for some rows.</summary>
    /// <param name="probabilities">[count, classes], row-major.</param>
    /// <param name="labels">[count] true classes.</param>
    /// <param name="classNames">Class names in the order of the columns.</param>
    /// <param name="topK">K of the top-K accuracy.</param>
    internal static MulticlassClassificationMetrics Evaluate(
        float[] probabilities, int[] labels, IReadOnlyList<string> classNames, int topK)
    {
        int classes = classNames.Count;
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Score)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, classes);
        var texts = new VectorDataViewType(TextDataViewType.Instance, classes);
        definition[nameof(Row.Score)].AddAnnotation("SlotNames", Names(classNames), texts);
        foreach (string key in new[] { nameof(Row.Label), nameof(Row.PredictedLabel) })
        {
            definition[key].ColumnType = new KeyDataViewType(typeof(uint), classes);
            definition[key].AddAnnotation("KeyValues", Names(classNames), texts);
        }
        var ml = new MLContext();
        // ML.NET counts keys from 1, and those of objects from 0.
        var view = ml.Data.LoadFromEnumerable(labels.Select((label, i) =>
        {
            float[] score = probabilities[(i * classes)..((i + 1) * classes)];
            return new Row { Label = (uint)label, Score = score, PredictedLabel = (uint)FerPrediction.Best(score) };
        }), definition);
        return ml.MulticlassClassification.Evaluate(view, topKPredictionCount: topK);
    }

    private static VBuffer<ReadOnlyMemory<char>> Names(IReadOnlyList<string> names) =>
        new(names.Count, [.. names.Select(name => name.AsMemory())]);

    private sealed class Row
    {
        public uint Label { get; set; }

        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }
}
