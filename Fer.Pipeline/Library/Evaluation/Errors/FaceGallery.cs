using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>A face with what a model says of it.</summary>
internal sealed record ShownFace(long Row, GrayImage Image, int Label, int Predicted, IReadOnlyList<float> Probabilities);

/// <summary>Faces that a report shows. It holds the pictures themselves, so a report that is to be passed on may want none.</summary>
internal sealed record FaceGallery
{
    private const int MostBehindCells = 300, MostBehindCell = 8, SamplesOfClass = 4;

    /// <summary>The first faces of each class, class after class.</summary>
    internal required IReadOnlyList<ShownFace> Samples { get; init; }

    /// <summary>Right answers, the surest first.</summary>
    internal required IReadOnlyList<ShownFace> Right { get; init; }

    /// <summary>Wrong answers, the surest first.</summary>
    internal required IReadOnlyList<ShownFace> Wrong { get; init; }

    /// <summary>A few faces of each cell of the confusion matrix, the surest answers first.</summary>
    internal required IReadOnlyList<ShownFace> BehindCells { get; init; }

    /// <summary>The rows whose label the model contradicts, as <see cref="LabelErrors.Suspects"/> ranks them.</summary>
    internal required IReadOnlyList<ShownFace> Suspects { get; init; }

    /// <summary>Chooses the faces.</summary>
    /// <param name="faces">The faces.</param>
    /// <param name="probabilities">[count, classes], the model's predictions.</param>
    /// <param name="errors">The labels that it contradicts.</param>
    /// <param name="most">Most faces of each kind; 0 shows none.</param>
    internal static FaceGallery? Choose(FaceSet faces, float[] probabilities, LabelErrors errors, int most)
    {
        if (most == 0) return null;
        int classes = faces.ClassNames.Count;
        ClassProbabilities.CheckShape(probabilities.Length, faces.Labels, classes);
        var all = Enumerable.Range(0, faces.Count);
        int[] predicted = [.. all.Select(i => ClassProbabilities.Best(probabilities.AsSpan(i * classes, classes)))];
        int[] surest = [.. all.OrderByDescending(i => probabilities[i * classes + predicted[i]]).ThenBy(i => i)];
        var cells = surest.GroupBy(i => (faces.Label(i), predicted[i])).OrderBy(cell => cell.Key).ToArray();
        int each = Math.Clamp(MostBehindCells / Math.Max(1, cells.Length), 1, MostBehindCell);
        return new FaceGallery
        {
            Samples = Show(Enumerable.Range(0, classes).SelectMany(
                c => all.Where(i => faces.Label(i) == c).Take(Math.Min(SamplesOfClass, most)))),
            Right = Show(surest.Where(i => predicted[i] == faces.Label(i)).Take(most)),
            Wrong = Show(surest.Where(i => predicted[i] != faces.Label(i)).Take(most)),
            BehindCells = Show(cells.SelectMany(cell => cell.Take(Math.Min(each, most)))),
            Suspects = Show(errors.Suspects.Select(one => one.Index).Take(most)),
        };

        ShownFace[] Show(IEnumerable<int> indices) => [.. indices.Select(i => new ShownFace(
            faces.Row(i), new GrayImage(Face.Side, Face.Side, faces.Pixels(i).ToArray()), faces.Label(i), predicted[i],
            probabilities[(i * classes)..((i + 1) * classes)]))];
    }
}
