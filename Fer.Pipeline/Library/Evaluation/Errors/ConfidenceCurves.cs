using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>What a threshold does to the answers of a model: how many are left, and how many of these are right.</summary>
internal sealed class ConfidenceCurves
{
    private ConfidenceCurves(int count, (int Kept, int Right)[] thresholds, IReadOnlyList<double>[] precision, double[] averages) =>
        (Count, Thresholds, Precision, AveragePrecision) = (count, thresholds, precision, averages);

    /// <summary>Faces in all.</summary>
    internal int Count { get; }

    /// <summary>For each whole percentage from 0 to 99 the faces whose most probable class has at least it, and the right ones.</summary>
    internal IReadOnlyList<(int Kept, int Right)> Thresholds { get; }

    /// <summary>
    /// For each class the highest precision at a recall of at least 0, 1, … 100 % (interpolated as in Everingham et al., The PASCAL
    /// Visual Object Classes Challenge, 2010); NaN throughout for a class without faces.
    /// </summary>
    internal IReadOnlyList<IReadOnlyList<double>> Precision { get; }

    /// <summary>For each class the mean precision at the rank of each of its faces; NaN for a class without faces.</summary>
    internal IReadOnlyList<double> AveragePrecision { get; }

    /// <summary>Works them out.</summary>
    /// <param name="probabilities">[count, classes].</param>
    /// <param name="labels">The label of each row.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    internal static ConfidenceCurves Compute(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classes)
    {
        ClassProbabilities.CheckShape(probabilities.Length, labels, classes);
        var thresholds = new (int Kept, int Right)[100];
        for (int i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            int best = ClassProbabilities.Best(row);
            // A float just below a percentage, as 0.3f is below 0.30, counts as it.
            int last = Math.Min(99, (int)(100.0 * row[best] + 1e-4));
            for (int t = 0; t <= last; t++)
            {
                thresholds[t].Kept++;
                if (best == labels[i]) thresholds[t].Right++;
            }
        }
        var precision = new IReadOnlyList<double>[classes];
        var averages = new double[classes];
        for (int c = 0; c < classes; c++) (precision[c], averages[c]) = OfClass(probabilities, labels, classes, c);
        return new ConfidenceCurves(labels.Length, thresholds, precision, averages);
    }

    private static (double[] Precision, double Average) OfClass(
        ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classes, int c)
    {
        var scores = new float[labels.Length];
        var isOne = new bool[labels.Length];
        for (int i = 0; i < scores.Length; i++) (scores[i], isOne[i]) = (-probabilities[i * classes + c], labels[i] == c);
        Array.Sort(scores, isOne);
        int total = isOne.Count(one => one), found = 0;
        var curve = new double[101];
        if (total == 0)
        {
            Array.Fill(curve, double.NaN);
            return (curve, double.NaN);
        }
        double sum = 0;
        for (int i = 0; i < isOne.Length;)
        {
            // Equal scores are told apart by no threshold: they come together.
            int first = i, before = found;
            while (i < isOne.Length && scores[i] == scores[first]) found += isOne[i++] ? 1 : 0;
            double precision = (double)found / i;
            sum += precision * (found - before);
            for (int r = 0; r <= 100 * found / total; r++) curve[r] = Math.Max(curve[r], precision);
        }
        return (curve, sum / total);
    }
}
