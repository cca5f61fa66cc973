using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>The accuracy on faces of one kind.</summary>
/// <param name="Name">The slice, such as <c>darkest</c>.</param>
/// <param name="Lower">Smallest value of the property in the slice.</param>
/// <param name="Upper">Largest value of the property in the slice.</param>
/// <param name="Count">Faces.</param>
/// <param name="Accuracy">Share of correct predictions; 0 without faces.</param>
/// <param name="Interval">Its 95 % Wilson interval.</param>
public sealed record FaceSlice(string Name, double Lower, double Upper, int Count, double Accuracy, ConfidenceInterval Interval);

/// <summary>The faces split by one property.</summary>
/// <param name="Property">The property, such as <c>brightness</c>.</param>
/// <param name="Meaning">What it measures, in a sentence.</param>
/// <param name="Slices">In increasing order of the values.</param>
public sealed record FaceSliceGroup(string Property, string Meaning, IReadOnlyList<FaceSlice> Slices);

/// <summary>Whether a model is as good on dark, pale, turned and occluded faces as on the others.</summary>
public static class FaceSlices
{
    private static readonly (string Property, string Meaning, string[] Names, Func<byte[], double> Measure)[] Properties =
    [
        ("brightness", "mean grey value, 0 … 255", ["darkest", "darker", "lighter", "lightest"], face => FaceProperties.Brightness(face)),
        ("contrast", "standard deviation of the grey values", ["flattest", "flatter", "richer", "richest"],
            face => FaceProperties.Contrast(face)),
        ("pose (proxy)", "difference from the mirror image in units of contrast: turned, tilted or lit from one side",
            ["most even", "more even", "more uneven", "most uneven"], face => FaceProperties.Asymmetry(face)),
        ("occlusion (proxy)", "share of flat 8x8 blocks in the middle: hands, dark glasses, bars",
            ["least hidden", "less hidden", "more hidden", "most hidden"], face => FaceProperties.FlatShare(face)),
    ];

    /// <summary>Splits the faces into quarters by each property. Equal values stay together, so the slices may differ in size.</summary>
    /// <param name="faces">The faces.</param>
    /// <param name="probabilities">[count, classes], the model's predictions; the highest is the predicted class, the first of
    /// equals.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static IReadOnlyList<FaceSliceGroup> Compute(FaceSet faces, ReadOnlySpan<float> probabilities)
    {
        bool[] right = Right(faces, probabilities);
        return [.. Properties.Select(property =>
        {
            double[] values = [.. Enumerable.Range(0, faces.Count).Select(i => property.Measure(faces.Pixels(i).ToArray()))];
            return new FaceSliceGroup(property.Property, property.Meaning, Cut(values, right, property.Names));
        })];
    }

    private static bool[] Right(FaceSet faces, ReadOnlySpan<float> probabilities)
    {
        int classes = faces.ClassNames.Count;
        ClassProbabilities.CheckShape(probabilities.Length, faces.Labels, classes);
        var right = new bool[faces.Count];
        for (int i = 0; i < right.Length; i++)
            right[i] = ClassProbabilities.Best(probabilities.Slice(i * classes, classes)) == faces.Label(i);
        return right;
    }

    private static FaceSlice[] Cut(double[] values, bool[] right, string[] names)
    {
        double[] sorted = [.. values.Order()];
        var slices = new List<FaceSlice>();
        double above = double.NegativeInfinity;
        for (int k = 0; k < names.Length && sorted.Length > 0; k++)
        {
            double bound = k == names.Length - 1 ? double.PositiveInfinity
                : sorted[(int)((k + 1L) * sorted.Length / names.Length) is var end and > 0 ? end - 1 : 0];
            int[] inside = [.. Enumerable.Range(0, values.Length).Where(i => values[i] > above && values[i] <= bound)];
            above = bound;
            if (inside.Length == 0) continue;
            int hits = inside.Count(i => right[i]);
            slices.Add(
                new(names[k], inside.Min(i => values[i]), inside.Max(i => values[i]), inside.Length, (double)hits / inside.Length,
                    ConfidenceInterval.Wilson(hits, inside.Length)));
        }
        return [.. slices];
    }
}
