using System.Globalization;
using System.Text.Json;
using Fer.Pipeline.Models;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Evaluation;

/// <summary>
/// What a classifier's probabilities are worth against the true labels. Names and meaning are ML.NET's where it has them.
/// A set without rows gives 0 everywhere and the interval [0, 1]; a fraction over nothing is 0 (scikit-learn's <c>zero_division=0</c>).
/// The highest probability is the prediction; among equal ones the first class wins.
/// </summary>
public sealed class FaceClassificationMetrics
{
    // ML.NET's bound: a certain mistake costs 34.5 nats, not infinity.
    private const double SmallestProbability = 1e-15;
    internal const int Bins = 15;

    private readonly Lazy<ConfidenceInterval[]> _resampled;
    private readonly Lazy<MulticlassClassificationMetrics> _mlNet;

    private FaceClassificationMetrics(
        Totals totals, ConfusionMatrix confusion, int topK, double? imagesPerSecond, float[] probabilities, int[] labels)
    {
        int classes = confusion.NumberOfClasses;
        Count = confusion.Total;
        ConfusionMatrix = confusion;
        ImagesPerSecond = imagesPerSecond;
        MicroAccuracy = Mean(confusion.Correct, Count);
        AccuracyInterval = ConfidenceInterval.Wilson(confusion.Correct, Count);
        MacroAccuracy = Mean(confusion.PerClassRecall.Sum(), confusion.TrueCounts.Count(count => count > 0));
        MacroF1 = confusion.MacroF1();
        LogLoss = Mean(totals.Loss, Count);
        LogLossInterval = NotBelowZero(ConfidenceInterval.OfMean(totals.Loss, totals.LossSquares, Count));
        double prior = confusion.TrueCounts.Where(count => count > 0).Sum(
            count => -(double)count / Count * Math.Log((double)count / Count));
        LogLossReduction = prior == 0 ? 0 : (prior - LogLoss) / prior;
        PerClassLogLoss = [.. totals.ClassLoss.Select((loss, k) => Mean(loss, confusion.TrueCounts[k]))];
        BrierScore = Mean(totals.Brier, Count);
        TopKPredictionCount = Math.Min(topK, classes);
        int running = 0;
        TopKAccuracyForAllK = [.. totals.Ranks.Select(rows => Mean(running += rows, Count))];
        ExpectedCalibrationError = totals.Calibration.ExpectedCalibrationError();
        ReliabilityBins = totals.Calibration.ToBins();
        PerClass = [.. Enumerable.Range(0, classes).Select(k => new ClassMetrics(confusion.ClassNames[k], confusion.PerClassPrecision[k],
            confusion.PerClassRecall[k], confusion.F1(k), confusion.TrueCounts[k], confusion.PredictedCounts[k])
        {
            PrecisionInterval = ConfidenceInterval.Wilson(confusion.Counts[k][k], confusion.PredictedCounts[k]),
            RecallInterval = ConfidenceInterval.Wilson(confusion.Counts[k][k], confusion.TrueCounts[k]),
        })];
        BrierScoreInterval = NotBelowZero(ConfidenceInterval.OfMean(totals.Brier, totals.BrierSquares, Count));
        PerClassLogLossInterval = [.. totals.ClassLoss.Select(
            (loss, k) => NotBelowZero(ConfidenceInterval.OfMean(loss, totals.ClassLossSquares[k], confusion.TrueCounts[k])))];
        TopKAccuracyInterval = ConfidenceInterval.Wilson(totals.Ranks.Take(TopKPredictionCount).Sum(), Count);
        Rows = totals.Rows;
        _resampled = new(() => Resample(totals.Rows, classes));
        _mlNet = new(() => MlNetEvaluation.Evaluate(probabilities, labels, confusion.ClassNames, TopKPredictionCount));
    }

    /// <summary>Rows evaluated.</summary>
    public int Count { get; }

    /// <summary>The share of rows predicted right; the same as <see cref="Accuracy"/>.</summary>
    public double MicroAccuracy { get; }

    /// <summary>The share of rows predicted right.</summary>
    public double Accuracy => MicroAccuracy;

    /// <summary>The 95 % Wilson interval of <see cref="Accuracy"/>.</summary>
    public ConfidenceInterval AccuracyInterval { get; }

    /// <summary>The mean recall of the classes that have rows (scikit-learn's balanced accuracy).</summary>
    public double MacroAccuracy { get; }

    /// <summary>The 95 % interval of <see cref="MacroAccuracy"/>, by the same resamples as <see cref="MacroF1Interval"/>.</summary>
    public ConfidenceInterval MacroAccuracyInterval => _resampled.Value[1];

    /// <summary>The mean F1 of the classes that occur or were predicted.</summary>
    public double MacroF1 { get; }

    /// <summary>The 95 % interval of <see cref="MacroF1"/>: percentiles of 1,000 seeded bootstrap resamples of the rows, drawn at the
    /// first call.</summary>
    public ConfidenceInterval MacroF1Interval => _resampled.Value[0];

    /// <summary>The mean of -ln p(true class), in nats; p is bounded below by 1e-15 as in ML.NET.</summary>
    public double LogLoss { get; }

    /// <summary>The 95 % normal interval of <see cref="LogLoss"/>, cut off at 0.</summary>
    public ConfidenceInterval LogLossInterval { get; }

    /// <summary>
    /// How much of the loss of always answering with the set's own class shares is saved: 1 is perfect, 0 no better, below 0 worse.
    /// 0 where the set has one class only, as nothing is left to save.
    /// </summary>
    public double LogLossReduction { get; }

    /// <summary>The 95 % interval of <see cref="LogLossReduction"/>, by the same resamples as <see cref="MacroF1Interval"/>.</summary>
    public ConfidenceInterval LogLossReductionInterval => _resampled.Value[2];

    /// <summary>The log loss over each class's rows; 0 for a class without rows.</summary>
    public IReadOnlyList<double> PerClassLogLoss { get; }

    /// <summary>The 95 % normal interval of each of <see cref="PerClassLogLoss"/>, cut off at 0.</summary>
    public IReadOnlyList<ConfidenceInterval> PerClassLogLossInterval { get; }

    /// <summary>K of <see cref="TopKAccuracy"/>.</summary>
    public int TopKPredictionCount { get; }

    /// <summary>The share of rows whose class is among the <see cref="TopKPredictionCount"/> most probable.</summary>
    public double TopKAccuracy => TopKAccuracyForAllK[TopKPredictionCount - 1];

    /// <summary>The 95 % Wilson interval of <see cref="TopKAccuracy"/>.</summary>
    public ConfidenceInterval TopKAccuracyInterval { get; }

    /// <summary>The same for K = 1 … classes.</summary>
    public IReadOnlyList<double> TopKAccuracyForAllK { get; }

    /// <summary>The mean over rows of the squared distance of the probabilities from the true class's one-hot, 0 … 2 (Brier
    /// 1950).</summary>
    public double BrierScore { get; }

    /// <summary>The 95 % normal interval of <see cref="BrierScore"/>, cut off at 0.</summary>
    public ConfidenceInterval BrierScoreInterval { get; }

    /// <summary>The distance of confidence from accuracy over 15 equal-width bins of the highest probability (Guo et al., arXiv
    /// 1706.04599).</summary>
    public double ExpectedCalibrationError { get; }

    /// <summary>
    /// The 95 % interval of <see cref="ExpectedCalibrationError"/>, by the same resamples as <see cref="MacroF1Interval"/>, widened to hold
    /// the error itself: resampling adds noise, which raises it.
    /// </summary>
    public ConfidenceInterval ExpectedCalibrationErrorInterval =>
        new(Math.Min(_resampled.Value[3].Lower, ExpectedCalibrationError), Math.Max(_resampled.Value[3].Upper, ExpectedCalibrationError));

    /// <summary>The bins behind <see cref="ExpectedCalibrationError"/>.</summary>
    public IReadOnlyList<ReliabilityBin> ReliabilityBins { get; }

    /// <summary>Precision, recall, F1 and support of each class, in the classes' order.</summary>
    public IReadOnlyList<ClassMetrics> PerClass { get; }

    /// <summary>The 95 % interval of each class's F1, by the same resamples as <see cref="MacroF1Interval"/>.</summary>
    public IReadOnlyList<ConfidenceInterval> F1Intervals => _resampled.Value[4..];

    /// <summary>
    /// The same rows by ML.NET's own evaluator, computed at the first call. Micro and macro accuracy, log loss, top-K accuracy and the
    /// confusion matrix are
    /// those of this class.
    /// </summary>
    /// <exception cref="FerException">There are no rows, of which ML.NET has no metrics.</exception>
    public MulticlassClassificationMetrics MulticlassClassificationMetrics => Count > 0
        ? _mlNet.Value
        : throw new FerException("There are no rows to evaluate; check the file and the split that was asked for.");

    /// <summary>What each row came to, in order.</summary>
    internal IReadOnlyList<RowOutcome> Rows { get; }

    /// <summary>Counts of true against predicted classes.</summary>
    public ConfusionMatrix ConfusionMatrix { get; }

    /// <summary>The caller's measurement of the speed of prediction, if it made one.</summary>
    public double? ImagesPerSecond { get; }

    /// <summary>Computes all metrics.</summary>
    /// <param name="probabilities">[count, classes], row-major; each row sums to 1 within 1e-3 and is divided by its sum.</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="classNames">Class names in the order of the columns.</param>
    /// <param name="topKPredictionCount">K of <see cref="TopKAccuracy"/>; no more than there are classes is used.</param>
    /// <param name="imagesPerSecond">The measured speed, kept for the report.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no classes.</exception>
    /// <exception cref="FerException">A value is NaN, infinite or negative, a row does not sum to 1, or a label is not a class.</exception>
    public static FaceClassificationMetrics Compute(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels,
        IReadOnlyList<string> classNames, int topKPredictionCount = 2, double? imagesPerSecond = null)
    {
        int classes = classNames.Count;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(topKPredictionCount);
        ClassProbabilities.CheckShape(probabilities.Length, labels, classes);
        var totals = new Totals(classes);
        int[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        for (int i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            double sum = ClassProbabilities.CheckedSum(row, i, classNames);
            counts[labels[i]][totals.Add(row, sum, labels[i])]++;
        }
        return new(
            totals,
            new ConfusionMatrix(classNames, counts),
            topKPredictionCount,
            imagesPerSecond,
            probabilities.ToArray(),
            labels.ToArray());
    }

    /// <summary>For instance <c>accuracy 66.1 % (64.5 % to 67.6 %), macro F1 64.0 %, log loss 0.93 over 3589 faces</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"accuracy {100 * Accuracy:F1} % ({100 * AccuracyInterval.Lower:F1} % to {100 * AccuracyInterval.Upper:F1} %), " +
        $"macro F1 {100 * MacroF1:F1} %, log loss {LogLoss:F3} over {Count} faces");

    /// <summary>The metrics as indented JSON, the form of <c>metrics.json</c> and of <c>evaluate --json</c>.</summary>
    public string ToJson() => MetricsJson.ToText(this);

    /// <summary>Writes the same as one JSON object.</summary>
    public void WriteJson(Utf8JsonWriter writer) => MetricsJson.Write(writer, this);

    private static double Mean(double sum, int count) => count == 0 ? 0 : sum / count;

    private static ConfidenceInterval NotBelowZero(ConfidenceInterval interval) => interval with { Lower = Math.Max(0, interval.Lower) };

    private static ConfidenceInterval[] Resample(List<RowOutcome> rows, int classes)
    {
        // Drawn from rows in an order of their own, so that the order they came in does not matter.
        RowOutcome[] sorted = [.. rows.OrderBy(row => (row.Label, row.Predicted, row.Confidence, row.Loss, row.Brier))];
        return Bootstrap.Intervals(sorted.Length, draws =>
        {
            var totals = new ResampledTotals(classes);
            foreach (int i in draws) totals.Add(sorted[i]);
            return [totals.MacroF1, totals.MacroAccuracy, totals.LogLossReduction, totals.CalibrationError,
                .. Enumerable.Range(0, classes).Select(totals.F1)];
        });
    }

    /// <summary>Sums over rows, in row order, so that the same rows give the same bits.</summary>
    private sealed class Totals(int classes)
    {
        internal double Loss, LossSquares, Brier, BrierSquares;
        internal readonly double[] ClassLoss = new double[classes], ClassLossSquares = new double[classes];
        internal readonly List<RowOutcome> Rows = [];
        internal readonly int[] Ranks = new int[classes];
        internal readonly CalibrationBins Calibration = new(Bins);

        /// <summary>Adds a row and gives its prediction.</summary>
        internal int Add(ReadOnlySpan<float> row, double sum, int label)
        {
            int best = 0, rank = 0;
            double squares = 0;
            for (int k = 0; k < row.Length; k++)
            {
                if (row[k] > row[best]) best = k;
                if (row[k] > row[label] || (row[k] == row[label] && k < label)) rank++;
                double distance = row[k] / sum - (k == label ? 1 : 0);
                squares += distance * distance;
            }
            double loss = -Math.Log(Math.Max(row[label] / sum, SmallestProbability));
            Loss += loss;
            LossSquares += loss * loss;
            ClassLoss[label] += loss;
            ClassLossSquares[label] += loss * loss;
            Brier += squares;
            BrierSquares += squares * squares;
            Rows.Add(new(label, best, row[best] / sum, loss, squares));
            Ranks[rank]++;
            Calibration.Add(row[best] / sum, best == label);
            return best;
        }
    }
}
