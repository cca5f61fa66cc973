using System.Globalization;
using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>What a threshold on the confidence does, how well each class is found, and the faces behind the confusion matrix.</summary>
internal static class ConfidenceCharts
{
    /// <summary>The share of faces that get an answer, and of right ones among these, by the least confidence of an answer.</summary>
    internal static LineChart Thresholds(ConfidenceCurves curves)
    {
        var at90 = curves.Thresholds.Select((one, t) => (one, t))
            .FirstOrDefault(pair => pair.one.Kept > 0 && pair.one.Right >= 0.9 * pair.one.Kept);
        return new()
        {
            Title = "Answers above a confidence: how many are left, and how many of them are right",
            Description = at90.one.Kept == 0 ? "At no threshold are nine of ten answers right."
                : $"From {NumberText.WholePercent(at90.t / 100.0)} on nine of ten answers are right, of " +
                    $"{NumberText.Percent((double)at90.one.Kept / curves.Count)} of the faces.",
            Name = "threshold",
            XName = "confidence in percent",
            Format = ValueFormat.Percent,
            Series =
            [
                new("faces with an answer", [.. curves.Thresholds.Select((one, t) => (t, (double)one.Kept / curves.Count))]),
                new("of these right", [.. curves.Thresholds.Select(
                    (one, t) => (t, one.Kept == 0 ? double.NaN : (double)one.Right / one.Kept))]),
            ],
        };
    }

    /// <summary>Precision against recall of each class, one against the rest.</summary>
    internal static LineChart PrecisionRecall(IReadOnlyList<string> names, ConfidenceCurves curves)
    {
        var known = Enumerable.Range(0, names.Count).Where(c => double.IsFinite(curves.AveragePrecision[c])).ToArray();
        return new()
        {
            Title = "Precision against recall of each class",
            Description = known.Length == 0 ? "No class has faces."
                : $"Average precision is highest for {names[known.MaxBy(c => curves.AveragePrecision[c])]}, lowest for " +
                    $"{names[known.MinBy(c => curves.AveragePrecision[c])]}.",
            XName = "recall in percent",
            Format = ValueFormat.Percent,
            Series = [.. known.Select(c => new LineSeries($"{names[c]} ({NumberText.WholePercent(curves.AveragePrecision[c])})",
                [.. curves.Precision[c].Select((value, r) => (r, value))]))],
        };
    }

    /// <summary>The faces of each cell; the report's script shows those of a cell that is clicked.</summary>
    internal static ImageGrid BehindCells(IReadOnlyList<string> names, IReadOnlyList<ShownFace> faces) => new()
    {
        Title = "Faces behind the cells of the confusion matrix",
        Description = $"{NumberText.Count(faces.Count, "face")}, of each cell those that the model is surest of.",
        Columns = 8,
        Items = [.. faces.Select(face => EvaluationCharts.Item(names, face.Image, face.Label, face.Predicted, face.Probabilities) with
        {
            Bars = [],
            Caption = names[face.Predicted],
            Note = face.Label != face.Predicted ? $"true: {names[face.Label]}" :
                $"{NumberText.WholePercent(face.Probabilities[face.Predicted])}, row " + face.Row.ToString(CultureInfo.InvariantCulture),
            Cell = $"{face.Label}-{face.Predicted}",
        })],
    };
}
