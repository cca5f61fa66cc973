using Fer.Pipeline.Data;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>The accuracy on spoilt faces.</summary>
/// <param name="Corruption">The kind of spoiling; <c>none</c> for the faces as they are.</param>
/// <param name="Strength">How much of it.</param>
/// <param name="Count">Faces.</param>
/// <param name="Accuracy">The share predicted right; 0 without faces.</param>
/// <param name="Interval">Its 95 % Wilson interval.</param>
public sealed record RobustnessRow(string Corruption, string Strength, int Count, double Accuracy, ConfidenceInterval Interval);

/// <summary>How the accuracy holds under noise, blur, rotation, darkness, light and occlusion.</summary>
public static class Robustness
{
    /// <summary>Measures the accuracy on the faces as they are, then under every <see cref="FaceCorruption"/>.</summary>
    /// <param name="predict">Gives [count, classes] probabilities of faces.</param>
    /// <param name="faces">The faces with their labels.</param>
    /// <param name="most">Faces to use at most: a seeded choice where there are more, the same for every row.</param>
    /// <param name="seed">Seed of the choice and the spoiling.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
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
            return new(name, strength, spoilt.Count, spoilt.Count == 0 ? 0 : (double)hits / spoilt.Count, ConfidenceInterval.Wilson(hits, spoilt.Count));
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
