using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>How good the model is, and where it errs.</summary>
internal static class EvaluationSection
{
    /// <summary>The main figures of each split with their intervals.</summary>
    internal static void Summary(ReportSection section, IReadOnlyList<EvaluationReport> evaluations)
    {
        foreach (var (name, metrics) in evaluations)
        {
            section.Heading(name);
            section.Tiles(Tiles(metrics));
        }
    }

    /// <summary>Confusion, figures of each class, calibration and the most frequent mistakes.</summary>
    internal static void Details(ReportSection section, MulticlassClassificationMetrics metrics)
    {
        if (metrics.Count == 0)
        {
            section.Paragraph("No rows were evaluated.");
            return;
        }
        var pairs = metrics.ConfusionMatrix.GetTopConfusions();
        section.Figures(Confusion(metrics, pairs), PerClass(metrics), Counts(metrics), Reliability(metrics));
        section.Tables(() =>
        {
            section.Table("Figures of each class", ClassTable(metrics));
            section.Table("Most frequent mistakes", new(
                [new("true", Numeric: false), new("taken for", Numeric: false), new("rows"), new("of the class")],
                [.. pairs.Select(pair => (IReadOnlyList<string>)[pair.True, pair.Predicted, Format.Count(pair.Count), Format.Percent(pair.Share)])]));
        });
    }

    private static IReadOnlyList<(string Name, string Value, string? Note)> Tiles(MulticlassClassificationMetrics metrics)
    {
        var tiles = new List<(string Name, string Value, string? Note)>();
        if (metrics.Count > 0)
        {
            tiles.Add(("Accuracy", Format.Percent(metrics.Accuracy), Note(metrics.AccuracyInterval, ValueFormat.Percent)));
            tiles.Add(("Macro F1", Format.Value(metrics.MacroF1, ValueFormat.Number), Note(metrics.MacroF1Interval, ValueFormat.Number)));
            tiles.Add(("Macro accuracy", Format.Percent(metrics.MacroAccuracy), "mean recall of the classes"));
            if (metrics.TopKPredictionCount > 1)
                tiles.Add(($"Top-{Format.Count(metrics.TopKPredictionCount)} accuracy", Format.Percent(metrics.TopKAccuracy), $"right within {Format.Count(metrics.TopKPredictionCount)} guesses"));
            tiles.Add(("Log loss", Format.Value(metrics.LogLoss, ValueFormat.Number), Note(metrics.LogLossInterval, ValueFormat.Number)));
            tiles.Add(("Expected calibration error", Format.Percent(metrics.ExpectedCalibrationError), "15 bins of confidence"));
        }
        tiles.Add(("Images", Format.Count(metrics.Count), "evaluated"));
        if (metrics.ImagesPerSecond is double speed && double.IsFinite(speed)) tiles.Add(("Speed", Format.Count(speed), "images a second"));
        return tiles;
    }

    private static string Interval(ConfidenceInterval interval, ValueFormat format) => Format.Range(interval.Lower, interval.Upper, format);

    private static string Note(ConfidenceInterval interval, ValueFormat format) => "95 % interval " + Interval(interval, format);

    private static ConfusionHeatMap Confusion(MulticlassClassificationMetrics metrics, IReadOnlyList<TopConfusion> pairs) => new()
    {
        Title = "Confusion matrix: counts and shares of the true class",
        Description = $"{Format.Count(metrics.ConfusionMatrix.Correct)} of {Format.Count(metrics.Count)} rows lie on the diagonal." + (pairs.Count == 0 ? ""
            : $" The most frequent mistake is {pairs[0].True} taken for {pairs[0].Predicted}, {Format.Count(pairs[0].Count)} times."),
        Matrix = metrics.ConfusionMatrix,
    };

    private static BarChart PerClass(MulticlassClassificationMetrics metrics)
    {
        var best = metrics.PerClass.MaxBy(row => row.F1)!;
        var worst = metrics.PerClass.Where(row => row.Support > 0).MinBy(row => row.F1)!;
        return new()
        {
            Title = "Precision, recall and F1 of each class",
            Description = $"F1 is highest for {best.Name} ({Format.Percent(best.F1)}) and lowest for {worst.Name} ({Format.Percent(worst.F1)}).",
            Categories = [.. metrics.PerClass.Select(row => row.Name)],
            Series =
            [
                new("precision", [.. metrics.PerClass.Select(row => row.Precision)]),
                new("recall", [.. metrics.PerClass.Select(row => row.Recall)]),
                new("F1", [.. metrics.PerClass.Select(row => row.F1)]),
            ],
            Format = ValueFormat.Percent,
        };
    }

    private static BarChart Counts(MulticlassClassificationMetrics metrics)
    {
        var most = metrics.PerClass.MaxBy(row => Math.Abs(row.Predicted - row.Support))!;
        return new()
        {
            Title = "True against predicted counts",
            Description = $"The widest gap is at {most.Name}: {Format.Count(most.Support)} rows, predicted {Format.Count(most.Predicted)} times.",
            Categories = [.. metrics.PerClass.Select(row => row.Name)],
            Series = [new("true", [.. metrics.PerClass.Select(row => (double)row.Support)]), new("predicted", [.. metrics.PerClass.Select(row => (double)row.Predicted)])],
            Format = ValueFormat.Count,
            ValueName = "rows",
        };
    }

    private static ReliabilityDiagram Reliability(MulticlassClassificationMetrics metrics) => new()
    {
        Title = "Reliability diagram: accuracy against confidence",
        Description = $"The expected calibration error is {Format.Percent(metrics.ExpectedCalibrationError)} over {Format.Count(metrics.ReliabilityBins.Count(bin => bin.Count > 0))} bins that have rows.",
        Bins = metrics.ReliabilityBins,
    };

    private static Table ClassTable(MulticlassClassificationMetrics metrics) => new(
        [new("class", Numeric: false), new("precision"), new("recall"), new("recall, 95 %"), new("F1"), new("log loss"), new("rows"), new("predicted")],
        [.. metrics.PerClass.Select((row, k) => (IReadOnlyList<string>)[row.Name, Format.Percent(row.Precision), Format.Percent(row.Recall),
            Interval(ConfidenceInterval.Wilson(metrics.ConfusionMatrix.Counts[k][k], row.Support), ValueFormat.Percent), Format.Percent(row.F1),
            Format.Value(metrics.PerClassLogLoss[k], ValueFormat.Number), Format.Count(row.Support), Format.Count(row.Predicted)])]);
}
