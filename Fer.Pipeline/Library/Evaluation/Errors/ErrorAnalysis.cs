using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>What the metrics do not say: where a model errs, on which faces, and which labels are probably wrong themselves.</summary>
public sealed record ErrorAnalysis
{
    /// <summary>Row numbers of the faces in their data set, by which <see cref="LabelSuspect.Index"/> is told.</summary>
    public required IReadOnlyList<long> Rows { get; init; }

    /// <summary>Probable label errors.</summary>
    public required LabelErrors LabelErrors { get; init; }

    /// <summary>The accuracy on slices by brightness, contrast, and stand-ins for pose and occlusion.</summary>
    public required IReadOnlyList<FaceSliceGroup> Slices { get; init; }

    /// <summary>The calibration of each class.</summary>
    public required IReadOnlyList<ClassCalibration> Calibration { get; init; }

    /// <summary>The accuracy on spoilt faces; empty where it was not measured.</summary>
    public IReadOnlyList<RobustnessRow> Robustness { get; init; } = [];

    /// <summary>Faces to show, with explanation maps; empty where none are to be shown.</summary>
    public IReadOnlyList<ExplainedFace> Mistakes { get; init; } = [];

    /// <summary>Analyses what follows from the predictions alone.</summary>
    /// <param name="faces">The faces; none of them trained on.</param>
    /// <param name="probabilities">[count, classes] of the model.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="FerException">A value is no probability.</exception>
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
        };
    }

    /// <summary>Places of the wrong predictions, the most confident first; of equals the earlier.</summary>
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

/// <summary>A face with what the model said of it and why.</summary>
/// <param name="Row">The row in its data set.</param>
/// <param name="Image">The face.</param>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">The most probable class.</param>
/// <param name="Probabilities">Every class in order.</param>
/// <param name="GradCam">Where the evidence for the predicted class lies, by gradients; null where the network has no convolution.</param>
/// <param name="Occlusion">The same by hiding parts.</param>
public sealed record ExplainedFace(long Row, GrayImage Image, int Label, int Predicted, IReadOnlyList<float> Probabilities, ExplanationMap? GradCam, ExplanationMap Occlusion)
{
    /// <summary>Explains the predicted class of one face.</summary>
    /// <param name="faces">The set with the face.</param>
    /// <param name="index">The face's place in it.</param>
    /// <param name="predict">Gives [count, classes] probabilities of faces.</param>
    /// <param name="gradCam">Makes the gradient map, or null to leave it out.</param>
    public static ExplainedFace Explain(FaceSet faces, int index, Func<FaceSet, float[]> predict, GradCam? gradCam)
    {
        float[] probabilities = predict(faces.Select([index]));
        int predicted = ClassProbabilities.Best(probabilities);
        byte[] pixels = faces.Pixels(index).ToArray();
        return new(faces.Row(index), new GrayImage(Face.Side, Face.Side, pixels), faces.Label(index), predicted, probabilities,
            gradCam?.Explain(pixels, predicted), OcclusionExplainer.Explain(predict, pixels, predicted));
    }
}
