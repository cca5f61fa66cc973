using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Reports;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Interactive;

/// <summary>The figures of an evaluation as a table.</summary>
internal static class MetricTables
{
    internal static Table Of(FaceClassificationMetrics metrics)
    {
        IReadOnlyList<string> Share(string name, double value, ConfidenceInterval interval) =>
            [name, Numbers.Percent(value), Numbers.Percent(interval)];
        IReadOnlyList<string> Number(string name, double value, ConfidenceInterval interval) =>
            [name, Numbers.Decimals(value), Numbers.Decimals(interval)];
        return new([new($"{Numbers.Count(metrics.Count)} faces", Numeric: false), new("value"), new("95 % interval")],
        [
            Share("accuracy", metrics.Accuracy, metrics.AccuracyInterval),
            Share("macro accuracy (mean recall)", metrics.MacroAccuracy, metrics.MacroAccuracyInterval),
            Share("macro F1", metrics.MacroF1, metrics.MacroF1Interval),
            Share($"right within {metrics.TopKPredictionCount} guesses", metrics.TopKAccuracy, metrics.TopKAccuracyInterval),
            Number("log loss", metrics.LogLoss, metrics.LogLossInterval),
            Number("Brier score", metrics.BrierScore, metrics.BrierScoreInterval),
            Share("expected calibration error", metrics.ExpectedCalibrationError, metrics.ExpectedCalibrationErrorInterval),
        ]);
    }

    internal static Table Of(MulticlassClassificationMetrics metrics) => new([new("figure", Numeric: false), new("value")],
    [
        ["micro accuracy", Numbers.Percent(metrics.MicroAccuracy)],
        ["macro accuracy", Numbers.Percent(metrics.MacroAccuracy)],
        ["log loss", Numbers.Decimals(metrics.LogLoss)],
        ["log loss reduction", Numbers.Decimals(metrics.LogLossReduction)],
    ]);
}
