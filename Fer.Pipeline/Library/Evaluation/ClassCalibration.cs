using Fer.Pipeline.Models;

namespace Fer.Pipeline.Evaluation;

/// <summary>How well the probabilities of one class are calibrated.</summary>
/// <param name="Name">The class.</param>
/// <param name="Error">The class's part of the classwise calibration error: the difference between the class's frequency and its
/// probability over 15 bins, weighted by their rows.</param>
/// <param name="Interval">The 95 % percentile bootstrap interval of the error, widened to contain it: resampling adds noise, which raises
/// the error.</param>
/// <param name="Bins">The bins: <see cref="ReliabilityBin.Confidence"/> is the mean probability of the class, <see
/// cref="ReliabilityBin.Accuracy"/> its frequency.</param>
public sealed record ClassCalibration(string Name, double Error, ConfidenceInterval Interval, IReadOnlyList<ReliabilityBin> Bins)
{
    private const int BinCount = 15;

    /// <summary>Computes the calibration of each class, one against the rest (Kull et al., arXiv 1910.12656, section 2).</summary>
    /// <param name="probabilities">[count, classes].</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="classNames">Class names in the order of the columns.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="FerException">A value is not a probability, a row does not sum to 1, or a label is not a class.</exception>
    public static IReadOnlyList<ClassCalibration> Compute(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels,
        IReadOnlyList<string> classNames)
    {
        int classes = classNames.Count, rows = labels.Length;
        ClassProbabilities.CheckShape(probabilities.Length, labels, classes);
        var values = new double[classes][];
        for (int k = 0; k < classes; k++) values[k] = new double[rows];
        for (int i = 0; i < rows; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            double sum = ClassProbabilities.CheckedSum(row, i, classNames);
            for (int k = 0; k < classes; k++) values[k][i] = row[k] / sum;
        }
        int[] truth = labels.ToArray();
        return [.. classNames.Select((name, k) =>
        {
            var bins = new CalibrationBins(BinCount);
            for (int i = 0; i < rows; i++) bins.Add(values[k][i], truth[i] == k);
            double error = bins.ExpectedCalibrationError();
            var interval = Bootstrap.Interval(rows, draws =>
            {
                var drawn = new CalibrationBins(BinCount);
                foreach (int i in draws) drawn.Add(values[k][i], truth[i] == k);
                return drawn.ExpectedCalibrationError();
            });
            return new ClassCalibration(name, error, new(Math.Min(interval.Lower, error), Math.Max(interval.Upper, error)), bins.ToBins());
        })];
    }
}
