using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Reports;

/// <summary>The charts of an evaluation, the same in the report, in notebooks and in files.</summary>
public static class EvaluationCharts
{
    /// <summary>Counts and row percentages of true against predicted classes.</summary>
    public static ConfusionHeatMap Confusion(FaceClassificationMetrics metrics)
    {
        var pairs = metrics.ConfusionMatrix.GetTopConfusions(1);
        return new()
        {
            Title = "Confusion matrix: counts and shares of the true class",
            Description =
                $"{NumberText.Count(metrics.ConfusionMatrix.Correct)} of {NumberText.Count(metrics.Count)} rows lie on the diagonal." +
                    (pairs.Count == 0 ? ""
                : $" The most frequent mistake is {pairs[0].True} predicted as {pairs[0].Predicted}, "
                + $"{NumberText.Count(pairs[0].Count)} times."),
            Matrix = metrics.ConfusionMatrix,
        };
    }

    /// <summary>Precision, recall and F1 of each class with their intervals.</summary>
    public static BarChart PerClass(FaceClassificationMetrics metrics)
    {
        var best = metrics.PerClass.MaxBy(row => row.F1)!;
        var worst = metrics.PerClass.Where(row => row.Support > 0).MinBy(row => row.F1) ?? best;
        return new()
        {
            Title = "Precision, recall and F1 of each class",
            Description = $"F1 is highest for {best.Name} ({NumberText.Percent(best.F1)}) and lowest for {worst.Name} " +
                $"({NumberText.Percent(worst.F1)}).",
            Categories = [.. metrics.PerClass.Select(row => row.Name)],
            Series =
            [
                // Of a class never predicted there is no precision to be unsure of.
                new("precision", [.. metrics.PerClass.Select(row => row.Predicted == 0 ? double.NaN : row.Precision)]) {
                    Intervals = [.. metrics.PerClass.Select(row => row.PrecisionInterval)] },
                new("recall", [.. metrics.PerClass.Select(row => row.Support == 0 ? double.NaN : row.Recall)]) {
                    Intervals = [.. metrics.PerClass.Select(row => row.RecallInterval)] },
                new("F1", [.. metrics.PerClass.Select(row => row.F1)]) { Intervals = metrics.F1Intervals },
            ],
            Format = ValueFormat.Percent,
        };
    }

    /// <summary>How many rows each class has and how often it was predicted.</summary>
    public static BarChart Counts(FaceClassificationMetrics metrics)
    {
        var most = metrics.PerClass.MaxBy(row => Math.Abs(row.Predicted - row.Support))!;
        return new()
        {
            Title = "True against predicted counts",
            Description = $"The widest gap is at {most.Name}: {NumberText.Count(most.Support)} rows, predicted " +
                $"{NumberText.Count(most.Predicted)} times.",
            Categories = [.. metrics.PerClass.Select(row => row.Name)],
            Series = [new("true", [.. metrics.PerClass.Select(row => (double)row.Support)]),
                new("predicted", [.. metrics.PerClass.Select(row => (double)row.Predicted)])],
            Format = ValueFormat.Count,
            ValueName = "rows",
        };
    }

    /// <summary>Accuracy against confidence.</summary>
    public static ReliabilityDiagram Reliability(FaceClassificationMetrics metrics) => new()
    {
        Title = "Reliability diagram: accuracy against confidence",
        Description = $"The expected calibration error is {NumberText.Percent(metrics.ExpectedCalibrationError)} "
            + $"over {NumberText.Count(metrics.ReliabilityBins.Count(bin => bin.Count > 0))} non-empty bins.",
        Bins = metrics.ReliabilityBins,
    };

    /// <summary>The calibration error of each class with its interval.</summary>
    public static BarChart Calibration(IReadOnlyList<ClassCalibration> classes)
    {
        var worst = classes.MaxBy(one => one.Error);
        return new()
        {
            Title = "Calibration error of each class",
            Description = worst is null ? "No class." : $"It is highest for {worst.Name}, {NumberText.Percent(worst.Error)}.",
            Categories = [.. classes.Select(one => one.Name)],
            Series = [
                new("calibration error", [.. classes.Select(one => one.Error)]) { Intervals = [.. classes.Select(one => one.Interval)] }],
            Format = ValueFormat.Percent,
        };
    }

    /// <summary>The frequency of one class against its predicted probability.</summary>
    public static ReliabilityDiagram Reliability(ClassCalibration one) => new()
    {
        Title = $"Reliability of {one.Name}",
        Description = $"The calibration error of {one.Name} is {NumberText.Percent(one.Error)}.",
        Bins = one.Bins,
        XName = $"probability of {one.Name}",
    };

    /// <summary>The accuracy on the slices of one property.</summary>
    public static BarChart Slices(FaceSliceGroup group)
    {
        var worst = group.Slices.MinBy(slice => slice.Accuracy);
        return new()
        {
            Title = $"Accuracy by {group.Property}",
            Description = $"Property: {group.Meaning}. " + (worst is null ? "No faces."
                : $"Lowest for the {worst.Name} quarter, {NumberText.Percent(worst.Accuracy)} of {NumberText.Count(worst.Count)} faces."),
            Categories = [.. group.Slices.Select(slice => slice.Name)],
            Series = [
                new("accuracy", [.. group.Slices.Select(slice => slice.Accuracy)]) {
                    Intervals = [.. group.Slices.Select(slice => slice.Interval)] }],
            Format = ValueFormat.Percent,
            CategoryName = "slice",
        };
    }

    /// <summary>The accuracy under each corruption, next to that on the original faces.</summary>
    public static BarChart Robustness(IReadOnlyList<RobustnessRow> rows)
    {
        var worst = rows.MinBy(row => row.Accuracy);
        return new()
        {
            Title = "Accuracy on spoilt faces",
            Description = worst is null ? "Not measured."
                : $"{NumberText.Percent(rows[0].Accuracy)} on the original faces; "
                    + $"lowest under {worst.Corruption} ({worst.Strength}), {NumberText.Percent(worst.Accuracy)}.",
            Categories = [.. rows.Select(Name)],
            Series = [new("accuracy", [.. rows.Select(row => row.Accuracy)]) { Intervals = [.. rows.Select(row => row.Interval)] }],
            Format = ValueFormat.Percent,
            CategoryName = "corruption",
        };

        static string Name(RobustnessRow row) => row.Strength.Length == 0 ? "original" : $"{row.Corruption} {row.Strength}";
    }

    /// <summary>Faces with their class probabilities as bars: correct predictions in black, wrong ones in blue with a cross.</summary>
    public static ImageGrid Predictions(Data.FaceSet faces, ReadOnlySpan<float> probabilities, int count = 36, int columns = 6)
    {
        int classes = faces.ClassNames.Count, shown = Math.Min(count, faces.Count), right = 0;
        ClassProbabilities.CheckShape(probabilities.Length, faces.Labels, classes);
        var items = new List<ImageGridItem>();
        for (int i = 0; i < shown; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            int best = ClassProbabilities.Best(row);
            if (best == faces.Label(i)) right++;
            items.Add(
                Item(faces.ClassNames, new(Faces.Face.Side, Faces.Face.Side, faces.Pixels(i).ToArray()), faces.Label(i), best,
                    row.ToArray()));
        }
        return new ImageGrid
        {
            Title = $"The first {NumberText.Count(shown)} faces with their class probabilities",
            Description = $"{NumberText.Count(right)} of {NumberText.Count(shown)} predictions are correct (black); "
                + "the wrong ones are blue with a cross.",
            Items = items,
            Columns = columns,
        };
    }

    /// <summary>Faces overlaid with the evidence for the predicted class, by Grad-CAM and by occlusion.</summary>
    public static IReadOnlyList<ImageGrid> Explanations(IReadOnlyList<string> classNames, IReadOnlyList<ExplainedFace> faces,
        int columns = 4) =>
    [
        Explanation("Grad-CAM: where the last convolution saw the predicted class", classNames,
            [.. faces.Where(face => face.GradCam is not null)], face => face.GradCam, columns),
        Explanation("Occlusion: parts without which the predicted class is less probable", classNames, faces, face => face.Occlusion,
            columns),
    ];

    internal static ImageGridItem Item(IReadOnlyList<string> names, Images.GrayImage image, int label, int predicted,
        IReadOnlyList<float> probabilities) =>
        new(image, label == predicted ? names[predicted] : $"{names[predicted]}, true: {names[label]}")
        {
            IsRight = label == predicted,
            Bars = [.. probabilities.Select((value, k) => (names[k], (double)value))],
        };

    private static ImageGrid Explanation(string title, IReadOnlyList<string> names, IReadOnlyList<ExplainedFace> faces,
        Func<ExplainedFace, ExplanationMap?> map, int columns) => new()
        {
            Title = title,
            Description =
                $"{NumberText.Count(faces.Count)} faces; the stronger the orange, the more a region supports the predicted class.",
            Items = [.. faces.Select(face => new ImageGridItem(face.Image, names[face.Predicted])
        {
            IsRight = face.Label == face.Predicted,
            Note = face.Label == face.Predicted
                ? $"{NumberText.Percent(face.Probabilities[face.Predicted])} sure"
                : $"true: {names[face.Label]}",
            Heat = map(face),
        })],
            Columns = columns,
        };
}
