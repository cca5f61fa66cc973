using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>How good the model is, and where it fails.</summary>
internal static class EvaluationSection
{
    /// <summary>The main metrics of each split with their intervals.</summary>
    internal static void Summary(ReportSection section, IReadOnlyList<EvaluationReport> evaluations)
    {
        foreach (var evaluation in evaluations)
        {
            section.Heading(evaluation.Name);
            section.Tiles(Tiles(evaluation.Metrics));
        }
    }

    /// <summary>Confusion matrix, metrics of each class, calibration and the most frequent mistakes.</summary>
    internal static void Details(ReportSection section, FaceClassificationMetrics metrics, ErrorAnalysis? analysis = null)
    {
        if (metrics.Count == 0)
        {
            section.Paragraph("No rows were evaluated.");
            return;
        }
        var pairs = metrics.ConfusionMatrix.GetTopConfusions();
        section.Figures(EvaluationCharts.Confusion(metrics), EvaluationCharts.PerClass(metrics), EvaluationCharts.Counts(metrics),
            EvaluationCharts.Reliability(metrics));
        string[] names = [.. metrics.PerClass.Select(row => row.Name)];
        if (analysis?.Gallery is { BehindCells.Count: > 0 } gallery)
            section.Folded("Faces behind the cells of the confusion matrix", ConfidenceCharts.BehindCells(names, gallery.BehindCells));
        if (analysis?.Curves is { } curves)
            section.Figures(ConfidenceCharts.Thresholds(curves), ConfidenceCharts.PrecisionRecall(names, curves));
        section.Tables(() =>
        {
            section.Table("Metrics of each class", ClassTable(metrics));
            section.Table("Most frequent mistakes", new(
                [new("true", Numeric: false), new("predicted as", Numeric: false), new("rows"), new("share of the class")],
                [.. pairs.Select(
                    pair => (IReadOnlyList<string>)[pair.True, pair.Predicted, NumberText.Count(pair.Count),
                        NumberText.Percent(pair.Share)])]));
        });
    }

    private static IReadOnlyList<(string Name, string Value, string? Note)> Tiles(FaceClassificationMetrics metrics)
    {
        var tiles = new List<(string Name, string Value, string? Note)>();
        if (metrics.Count > 0)
        {
            tiles.Add(("Accuracy", NumberText.Percent(metrics.Accuracy), Note(metrics.AccuracyInterval, ValueFormat.Percent)));
            tiles.Add(
                ("Macro F1", NumberText.Value(metrics.MacroF1, ValueFormat.Number), Note(metrics.MacroF1Interval, ValueFormat.Number)));
            tiles.Add(
                ("Macro accuracy", NumberText.Percent(metrics.MacroAccuracy), Note(metrics.MacroAccuracyInterval, ValueFormat.Percent)));
            if (metrics.TopKPredictionCount > 1)
                tiles.Add(
                    ($"Top-{NumberText.Count(metrics.TopKPredictionCount)} accuracy", NumberText.Percent(metrics.TopKAccuracy),
                        Note(metrics.TopKAccuracyInterval, ValueFormat.Percent)));
            tiles.Add(
                ("Log loss", NumberText.Value(metrics.LogLoss, ValueFormat.Number), Note(metrics.LogLossInterval, ValueFormat.Number)));
            tiles.Add(
                ("Brier score", NumberText.Value(metrics.BrierScore, ValueFormat.Number),
                    Note(metrics.BrierScoreInterval, ValueFormat.Number)));
            tiles.Add(
                ("Expected calibration error", NumberText.Percent(metrics.ExpectedCalibrationError),
                    Note(metrics.ExpectedCalibrationErrorInterval, ValueFormat.Percent)));
        }
        tiles.Add(("Images", NumberText.Count(metrics.Count), "evaluated"));
        if (metrics.ImagesPerSecond is double speed && double.IsFinite(speed))
            tiles.Add(("Speed", NumberText.Count(speed), "images per second"));
        return tiles;
    }

    private static string Interval(ConfidenceInterval interval, ValueFormat format) =>
        NumberText.Range(interval.Lower, interval.Upper, format);

    private static string Note(ConfidenceInterval interval, ValueFormat format) => "95 % interval " + Interval(interval, format);

    /// <summary>A share and its interval, which of nothing is nothing.</summary>
    private static string[] Share(int of, double value, ConfidenceInterval interval) => of == 0 ? [NumberText.None, NumberText.None]
        : [NumberText.Percent(value), Interval(interval, ValueFormat.Percent)];

    private static Table ClassTable(FaceClassificationMetrics metrics) => new(
        [new("class", Numeric: false), new("precision"), new("95 %"), new("recall"), new("95 %"), new("F1"), new("95 %"), new("log loss"),
            new("95 %"), new("rows"), new("predicted")],
        [.. metrics.PerClass.Select(
            (row, k) => (IReadOnlyList<string>)[row.Name, .. Share(row.Predicted, row.Precision, row.PrecisionInterval),
            .. Share(row.Support, row.Recall, row.RecallInterval), NumberText.Percent(row.F1),
            Interval(metrics.F1Intervals[k], ValueFormat.Percent),
            NumberText.Value(metrics.PerClassLogLoss[k], ValueFormat.Number), Interval(
                metrics.PerClassLogLossInterval[k], ValueFormat.Number), NumberText.Count(row.Support), NumberText.Count(row.Predicted)])]);
}
