using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>What the metrics do not show: on which faces a model fails, and which labels are probably wrong.</summary>
public sealed record ErrorAnalysis
{
    /// <summary>The faces' row numbers in their data set, which <see cref="LabelSuspect.Index"/> refers to.</summary>
    public required IReadOnlyList<long> Rows { get; init; }

    /// <summary>Probable label errors.</summary>
    public required LabelErrors LabelErrors { get; init; }

    /// <summary>The accuracy on slices by brightness, contrast, and proxies for pose and occlusion.</summary>
    public required IReadOnlyList<FaceSliceGroup> Slices { get; init; }

    /// <summary>The calibration of each class.</summary>
    public required IReadOnlyList<ClassCalibration> Calibration { get; init; }

    /// <summary>The accuracy on corrupted faces; empty if not measured.</summary>
    public IReadOnlyList<RobustnessRow> Robustness { get; init; } = [];

    /// <summary>What a threshold on the confidence does.</summary>
    internal ConfidenceCurves? Curves { get; init; }

    /// <summary>Faces to show; null where pictures are to be kept out.</summary>
    internal FaceGallery? Gallery { get; init; }

    /// <summary>True where corruption and occlusion were measured with one view of each face, for the time that all would take.</summary>
    internal bool UsesOneView { get; init; }

    /// <summary>Faces to show, with explanation maps; empty if there are none.</summary>
    public IReadOnlyList<ExplainedFace> Mistakes { get; init; } = [];

    /// <summary>Computes what follows from the predictions alone.</summary>
    /// <param name="faces">The faces; none of them may have been trained on.</param>
    /// <param name="probabilities">[count, classes], the model's predictions.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="FerException">A value is not a probability.</exception>
    public static ErrorAnalysis Compute(FaceSet faces, ReadOnlySpan<float> probabilities)
    {
        var rows = new long[faces.Count];
        for (int i = 0; i < rows.Length; i++) rows[i] = faces.Row(i);
        return new ErrorAnalysis
        {
            Rows = rows,
            LabelErrors = LabelErrors.Find(probabilities, faces.Labels, faces.ClassNames),
            Slices = FaceSlices.Compute(faces, probabilities),
            Calibration = ClassCalibration.Compute(probabilities, faces.Labels, faces.ClassNames),
            Curves = ConfidenceCurves.Compute(probabilities, faces.Labels, faces.ClassNames.Count),
        };
    }

    /// <summary>Indices of the wrong predictions, most confident first; ties in row order.</summary>
    public static IReadOnlyList<int> ConfidentMistakes(FaceSet faces, ReadOnlySpan<float> probabilities, int most)
    {
        int classes = faces.ClassNames.Count;
        ClassProbabilities.CheckShape(probabilities.Length, faces.Labels, classes);
        var wrong = new List<(int Index, float Confidence)>();
        for (int i = 0; i < faces.Count; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            int best = ClassProbabilities.Best(row);
            if (best != faces.Label(i)) wrong.Add((i, row[best]));
        }
        return [.. wrong.OrderByDescending(one => one.Confidence).ThenBy(one => one.Index).Take(most).Select(one => one.Index)];
    }
}

/// <summary>A face with its prediction and the explanation.</summary>
/// <param name="Row">The row in its data set.</param>
/// <param name="Image">The face.</param>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">The most probable class.</param>
/// <param name="Probabilities">Every class in order.</param>
/// <param name="GradCam">Where the evidence for the predicted class is, by gradients; null if the network has no convolution.</param>
/// <param name="Occlusion">The same by occlusion.</param>
public sealed record ExplainedFace(long Row, GrayImage Image, int Label, int Predicted, IReadOnlyList<float> Probabilities,
    ExplanationMap? GradCam, ExplanationMap Occlusion)
{
    /// <summary>Explains the predicted class of one face.</summary>
    /// <param name="faces">The set with the face.</param>
    /// <param name="index">The face's index in it.</param>
    /// <param name="predict">Returns [count, classes] probabilities of faces.</param>
    /// <param name="gradCam">Computes the gradient map, or null to leave it out.</param>
    public static ExplainedFace Explain(FaceSet faces, int index, Func<FaceSet, float[]> predict, GradCam? gradCam)
    {
        float[] probabilities = predict(faces.Select([index]));
        int predicted = ClassProbabilities.Best(probabilities);
        byte[] pixels = faces.Pixels(index).ToArray();
        return new(faces.Row(index), new GrayImage(Face.Side, Face.Side, pixels), faces.Label(index), predicted, probabilities,
            gradCam?.Explain(pixels, predicted), OcclusionExplainer.Explain(predict, pixels, predicted));
    }
}
