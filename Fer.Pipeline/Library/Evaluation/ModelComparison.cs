using System.Globalization;

namespace Fer.Pipeline.Evaluation;

/// <summary>The difference between two models in one metric.</summary>
/// <param name="Name">The metric.</param>
/// <param name="First">The first model's.</param>
/// <param name="Second">The second model's.</param>
/// <param name="Interval">The 95 % interval of second - first: percentiles of 1,000 resamples of the rows, the same rows for both.</param>
/// <param name="IsShare">True for shares 0 … 1, false for other numbers.</param>
/// <param name="HigherIsBetter">False for losses and errors.</param>
public sealed record MetricDifference(string Name, double First, double Second, ConfidenceInterval Interval, bool IsShare,
    bool HigherIsBetter)
{
    /// <summary>Second - first.</summary>
    public double Difference => Second - First;

    /// <summary>True if the interval excludes 0.</summary>
    public bool IsClear => Interval.Lower > 0 || Interval.Upper < 0;

    /// <summary>For instance <c>accuracy 0.661 to 0.673 (+0.012, 0.003 to 0.021)</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} {First:F3} to {Second:F3} ({Difference:+0.000;-0.000}, {Interval.Lower:F3} to {Interval.Upper:F3})");
}

/// <summary>Two models on the same rows.</summary>
public sealed class ModelComparison
{
    private ModelComparison(FaceClassificationMetrics first, FaceClassificationMetrics second, int bothRight, McNemarTest test,
        MetricDifference[] differences, MetricDifference[] recalls) =>
        (First, Second, BothRight, McNemar, Differences, RecallDifferences) = (first, second, bothRight, test, differences, recalls);

    /// <summary>The first model's metrics.</summary>
    public FaceClassificationMetrics First { get; }

    /// <summary>The second model's metrics.</summary>
    public FaceClassificationMetrics Second { get; }

    /// <summary>Rows that both predict correctly.</summary>
    public int BothRight { get; }

    /// <summary>Rows that neither predicts correctly.</summary>
    public int BothWrong => First.Count - BothRight - McNemar.OnlyFirst - McNemar.OnlySecond;

    /// <summary>Whether the accuracies differ by more than chance.</summary>
    public McNemarTest McNemar { get; }

    /// <summary>Accuracy, macro F1, log loss, Brier score and calibration error.</summary>
    public IReadOnlyList<MetricDifference> Differences { get; }

    /// <summary>The recall of each class.</summary>
    public IReadOnlyList<MetricDifference> RecallDifferences { get; }

    /// <summary>All differences in one line.</summary>
    public override string ToString() => $"{First.Count} faces: {string.Join("; ", Differences)}; {McNemar}";

    /// <summary>Compares the probabilities of two models.</summary>
    /// <param name="first">[count, classes] of the first model.</param>
    /// <param name="second">[count, classes] of the second model.</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="classNames">Class names in the order of the columns.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    /// <exception cref="FerException">A value is not a probability, a row does not sum to 1, or a label is not a class.</exception>
    public static ModelComparison Compute(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<int> labels,
        IReadOnlyList<string> classNames)
    {
        var a = FaceClassificationMetrics.Compute(first, labels, classNames);
        var b = FaceClassificationMetrics.Compute(second, labels, classNames);
        int both = 0, onlyFirst = 0, onlySecond = 0;
        foreach (var (x, y) in a.Rows.Zip(b.Rows))
        {
            if (x.IsRight && y.IsRight) both++;
            else if (x.IsRight) onlyFirst++;
            else if (y.IsRight) onlySecond++;
        }
        int classes = classNames.Count;
        var intervals = Bootstrap.Intervals(labels.Length, draws =>
        {
            double[] p = Figures(a.Rows, draws, classes), q = Figures(b.Rows, draws, classes);
            for (int k = 0; k < p.Length; k++) p[k] = q[k] - p[k];
            return p;
        });
        string[] names = ["accuracy", "macro F1", "log loss", "Brier score", "calibration error"];
        double[] of(FaceClassificationMetrics m) =>
            [m.Accuracy, m.MacroF1, m.LogLoss, m.BrierScore, m.ExpectedCalibrationError, .. m.PerClass.Select(row => row.Recall)];
        var (firsts, seconds) = (of(a), of(b));
        return new(a, b, both, new McNemarTest(onlyFirst, onlySecond),
            [.. names.Select((name, k) => new MetricDifference(name, firsts[k], seconds[k], intervals[k], k is 0 or 4, k < 2))],
            [.. classNames.Select((name, k) => new MetricDifference(name, firsts[5 + k], seconds[5 + k], intervals[5 + k], true, true))]);
    }

    private static double[] Figures(IReadOnlyList<RowOutcome> rows, int[] draws, int classes)
    {
        var totals = new ResampledTotals(classes);
        foreach (int i in draws) totals.Add(rows[i]);
        return [totals.Accuracy, totals.MacroF1, totals.LogLoss, totals.Brier, totals.CalibrationError,
            .. Enumerable.Range(0, classes).Select(totals.Recall)];
    }
}
