using Fer.Pipeline.Data;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>The accuracy on corrupted faces.</summary>
/// <param name="Corruption">The kind of corruption; <c>none</c> for the original faces.</param>
/// <param name="Strength">Its strength.</param>
/// <param name="Count">Faces.</param>
/// <param name="Accuracy">Share of correct predictions; 0 without faces.</param>
/// <param name="Interval">Its 95 % Wilson interval.</param>
public sealed record RobustnessRow(string Corruption, string Strength, int Count, double Accuracy, ConfidenceInterval Interval);

/// <summary>The accuracy under noise, blur, rotation, darkness, light and occlusion.</summary>
public static class Robustness
{
    /// <summary>Measures the accuracy on the original faces, then under every <see cref="FaceCorruption"/>.</summary>
    /// <param name="predict">Returns [count, classes] probabilities of faces.</param>
    /// <param name="faces">The faces with their labels.</param>
    /// <param name="most">Maximum number of faces; if there are more, a seeded sample, the same for every row.</param>
    /// <param name="seed">Seed of the sample and the corruptions.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IReadOnlyList<RobustnessRow> Measure(
        Func<FaceSet, float[]> predict, FaceSet faces, int most = int.MaxValue, long seed = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        var chosen = Choose(faces, most, seed);
        var rows = new List<RobustnessRow> { Row("none", "", chosen) };
        foreach (var corruption in FaceCorruption.All)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(Row(corruption.Name, corruption.Strength, corruption.Apply(chosen, seed)));
        }
        return rows;

        RobustnessRow Row(string name, string strength, FaceSet spoilt)
        {
            float[] probabilities = predict(spoilt);
            int classes = faces.ClassNames.Count, hits = 0;
            ClassProbabilities.CheckShape(probabilities.Length, spoilt.Labels, classes);
            for (int i = 0; i < spoilt.Count; i++)
                if (ClassProbabilities.Best(probabilities.AsSpan(i * classes, classes)) == spoilt.Label(i)) hits++;
            return new(name, strength, spoilt.Count, spoilt.Count == 0 ? 0 : (double)hits / spoilt.Count,
                ConfidenceInterval.Wilson(hits, spoilt.Count));
        }
    }

    private static FaceSet Choose(FaceSet faces, int most, long seed)
    {
        if (faces.Count <= most) return faces;
        int[] order = [.. Enumerable.Range(0, faces.Count)];
        new RandomStream(seed, 0x526F).Shuffle<int>(order);
        return faces.Select([.. order.Take(most).Order()]);
    }
}
