using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Interactive;

/// <summary>A model under test in charts, one line each.</summary>
public static class EvaluationPlots
{
    /// <summary>What the model says of each face.</summary>
    public static FacePredictions PredictFaces(this FerModel model, FaceSet faces) => new(faces, model.Predict(faces));

    /// <summary>Counts and row shares of true against predicted classes.</summary>
    public static ConfusionHeatMap PlotConfusion(this FaceClassificationMetrics metrics) => EvaluationCharts.Confusion(metrics);

    /// <summary>The same of ML.NET's metrics.</summary>
    /// <param name="metrics">Of <c>ml.MulticlassClassification.Evaluate</c>.</param>
    /// <param name="classNames">The classes in the order of the label's keys; ML.NET's metrics do not carry them.</param>
    /// <exception cref="FerUsageException">There are more or fewer names than classes.</exception>
    public static ConfusionHeatMap PlotConfusion(this MulticlassClassificationMetrics metrics, IReadOnlyList<string> classNames)
    {
        var counts = metrics.ConfusionMatrix.Counts;
        if (counts.Count != classNames.Count)
            throw new FerUsageException($"{classNames.Count} names for the {counts.Count} classes of the confusion matrix.");
        var matrix = new Evaluation.ConfusionMatrix(classNames, [.. counts.Select(row => row.Select(count => (int)count).ToArray())]);
        return new()
        {
            Title = "Confusion matrix: counts and shares of the true class",
            Description = $"{Numbers.Count(matrix.Correct)} of {Numbers.Count(matrix.Total)} rows lie on the diagonal.",
            Matrix = matrix,
        };
    }

    /// <summary>Precision, recall and F1 of each class with their intervals.</summary>
    public static BarChart PlotPerClass(this FaceClassificationMetrics metrics) => EvaluationCharts.PerClass(metrics);

    /// <summary>How many faces each class has and how often it was predicted.</summary>
    public static BarChart PlotCounts(this FaceClassificationMetrics metrics) => EvaluationCharts.Counts(metrics);

    /// <summary>The most frequent mistakes.</summary>
    public static Table TopConfusions(this FaceClassificationMetrics metrics, int count = 8) => new(
        [new("true", Numeric: false), new("taken for", Numeric: false), new("faces"), new("of the class")],
        [.. metrics.ConfusionMatrix.GetTopConfusions(count).Select(one => (IReadOnlyList<string>)[one.True, one.Predicted,
            Numbers.Count(one.Count), Numbers.Percent(one.Share)])]);

    /// <summary>Whether confidence means what it says: the reliability diagram, and the calibration error of each class.</summary>
    public static ChartRow PlotCalibration(this FacePredictions predictions) => new(
    [
        EvaluationCharts.Reliability(predictions.Metrics),
        EvaluationCharts.Calibration(ClassCalibration.Compute(
            predictions.Probabilities, predictions.Faces.Labels, predictions.Faces.ClassNames)),
    ]);

    /// <summary>The first faces with their probabilities; wrong predictions are blue with a cross, and name the true label.</summary>
    public static ImageGrid PlotFaces(this FacePredictions predictions, int count = 36, int columns = 6) =>
        EvaluationCharts.Predictions(predictions.Faces, predictions.Probabilities, count, columns);

    /// <summary>The wrong predictions of highest confidence.</summary>
    public static ImageGrid PlotMistakes(this FacePredictions predictions, int count = 12, int columns = 6)
    {
        var (faces, classes) = (predictions.Faces, predictions.Faces.ClassNames.Count);
        var worst = ErrorAnalysis.ConfidentMistakes(faces, predictions.Probabilities, count);
        float[] probabilities = [.. worst.SelectMany(i => predictions.Probabilities.AsSpan(i * classes, classes).ToArray())];
        var shown = EvaluationCharts.Predictions(faces.Select([.. worst]), probabilities, count, columns);
        return new()
        {
            Title = "Wrong and sure of it",
            Description = $"The {worst.Count} wrong predictions of highest confidence.",
            Items = shown.Items,
            Columns = columns,
        };
    }

    /// <summary>Grad-CAM (arXiv 1610.02391): where in the last convolution the evidence for the predicted class lay.</summary>
    /// <param name="model">The model; a copy of its network is run backwards.</param>
    /// <param name="predictions">What it said.</param>
    /// <param name="count">How many faces: the most confident mistakes first, then the first that are right.</param>
    public static ChartRow PlotExplanations(this FerModel model, FacePredictions predictions, int count = 8)
    {
        var faces = predictions.Faces;
        int[] wrong = [.. ErrorAnalysis.ConfidentMistakes(faces, predictions.Probabilities, count / 2)];
        int[] right = [.. Enumerable.Range(0, faces.Count).Where(i => predictions.Predicted(i) == faces.Label(i))
            .Take(count - wrong.Length)];
        using var gradCam = new GradCam(model.Network);
        var explained = wrong.Concat(right).Select(i => ExplainedFace.Explain(faces, i, model.Predict, gradCam)).ToArray();
        return new(EvaluationCharts.Explanations(faces.ClassNames, explained));
    }

    /// <summary>The accuracy on faces with noise, blur, turns, light, dark and covered parts.</summary>
    public static BarChart PlotRobustness(this FerModel model, FaceSet faces, int most = 500) =>
        EvaluationCharts.Robustness(Robustness.Measure(model.Predict, faces, most));

    /// <summary>The accuracy on kinds of faces: dark and light, flat and rich in contrast, turned and covered.</summary>
    public static ChartRow PlotSlices(this FacePredictions predictions) =>
        new([.. FaceSlices.Compute(predictions.Faces, predictions.Probabilities).Select(EvaluationCharts.Slices)]);

    /// <summary>
    /// The labels that confident learning doubts most (arXiv 1911.00068): the model is sure of a class other than the label.
    /// </summary>
    public static ImageGrid PlotLabelErrors(this FacePredictions predictions, int count = 12, int columns = 6)
    {
        var faces = predictions.Faces;
        var doubts = LabelErrors.Find(predictions.Probabilities, faces.Labels, faces.ClassNames);
        return new()
        {
            Title = "The most doubtful labels",
            Description = $"{doubts.Suspects.Count} labels are doubted; the estimated share of wrong ones is "
                + $"{Numbers.Percent(doubts.NoiseShare)}.",
            Items = [.. doubts.Suspects.Take(count).Select(one => new ImageGridItem(
                FaceGrids.Picture(faces, one.Index), $"{faces.ClassNames[one.Given]}?")
            {
                Note = $"rather {faces.ClassNames[one.Suggested]}",
            })],
            Columns = columns,
        };
    }

    /// <summary>The probabilities of one face.</summary>
    internal static BarChart Bars(FerPrediction prediction) => new()
    {
        Title = $"{prediction.Label}, {Numbers.Percent(prediction.Confidence)}",
        Description = "The probability of each class.",
        Categories = [.. prediction.Probabilities.Keys],
        Series = [new("probability", [.. prediction.Probabilities.Values.Select(value => (double)value)])],
        Format = ValueFormat.Percent,
        CategoryName = "class",
    };
}
