using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>A row whose label the model confidently contradicts.</summary>
/// <param name="Index">The row's index in the input.</param>
/// <param name="Given">Its label.</param>
/// <param name="Suggested">The class that the model is confident of.</param>
/// <param name="LabelProbability">The model's probability of the label, its self-confidence.</param>
/// <param name="SuggestedProbability">The model's probability of the suggested class.</param>
public sealed record LabelSuspect(int Index, int Given, int Suggested, double LabelProbability, double SuggestedProbability)
{
    /// <summary>The normalised margin by which suspects are ranked: the lower, the more likely an error.</summary>
    public double Margin => LabelProbability - SuggestedProbability;
}

/// <summary>
/// Confident learning (Northcutt, Jiang and Chuang, arXiv 1911.00068): which labels are probably wrong, and how many. The probabilities
/// must come from a model that was not trained on the rows, or it has memorised the errors.
/// </summary>
public sealed class LabelErrors
{
    private LabelErrors(double[] thresholds, ConfusionMatrix joint, double[][] estimated, LabelSuspect[] suspects) =>
        (Thresholds, ConfidentJoint, EstimatedJoint, Suspects) = (thresholds, joint, estimated, suspects);

    /// <summary>
    /// For each class the mean probability of the class over the rows labelled as it (equation 2); NaN for a class without rows.
    /// </summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>
    /// Rows by label and by the class the model is confident of (equation 1): the most probable class among those at or above their
    /// thresholds.
    /// </summary>
    public ConfusionMatrix ConfidentJoint { get; }

    /// <summary>
    /// The estimated joint distribution of given and true labels (equation 3): the confident joint, each row scaled to the size of its
    /// class; sums to 1.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> EstimatedJoint { get; }

    /// <summary>The rows off the confident joint's diagonal, most likely errors first; ties in row order.</summary>
    public IReadOnlyList<LabelSuspect> Suspects { get; }

    /// <summary>The estimated share of wrong labels: the sum of <see cref="EstimatedJoint"/> off the diagonal.</summary>
    public double NoiseShare => EstimatedJoint.Select((row, i) => row.Where((_, j) => j != i).Sum()).Sum();

    /// <summary>Finds the suspects.</summary>
    /// <param name="probabilities">[count, classes], out of sample.</param>
    /// <param name="labels">The label of each row.</param>
    /// <param name="classNames">Class names in the order of the columns.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="FerException">A value is not a probability, a row does not sum to 1, or a label is not a class.</exception>
    public static LabelErrors Find(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, IReadOnlyList<string> classNames)
    {
        int classes = classNames.Count;
        ClassProbabilities.CheckShape(probabilities.Length, labels, classes);
        var thresholds = new double[classes];
        var sizes = new int[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            thresholds[labels[i]] += row[labels[i]] / ClassProbabilities.CheckedSum(row, i, classNames);
            sizes[labels[i]]++;
        }
        for (int k = 0; k < classes; k++) thresholds[k] /= sizes[k];

        int[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        var suspects = new List<LabelSuspect>();
        for (int i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            double sum = ClassProbabilities.CheckedSum(row, i, classNames);
            int confident = -1;
            // A class without rows has the threshold NaN, which no probability reaches.
            for (int k = 0; k < classes; k++)
                if (row[k] / sum >= thresholds[k] && (confident < 0 || row[k] > row[confident])) confident = k;
            if (confident < 0) continue;
            counts[labels[i]][confident]++;
            if (confident != labels[i]) suspects.Add(new(i, labels[i], confident, row[labels[i]] / sum, row[confident] / sum));
        }
        var joint = new ConfusionMatrix(classNames, counts);
        return new(thresholds, joint, Estimate(joint, sizes), [.. suspects.OrderBy(one => one.Margin).ThenBy(one => one.Index)]);
    }

    private static double[][] Estimate(ConfusionMatrix joint, int[] sizes)
    {
        int classes = sizes.Length, all = sizes.Sum();
        return [.. Enumerable.Range(0, classes).Select(i => Enumerable.Range(0, classes).Select(j =>
            all == 0 ? 0
            // If the model is confident of no row of a class, its labels are assumed to be right.
            : joint.TrueCounts[i] == 0 ? (i == j ? (double)sizes[i] / all : 0)
            : (double)joint.Counts[i][j] / joint.TrueCounts[i] * sizes[i] / all).ToArray())];
    }
}
