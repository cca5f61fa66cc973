using System.Globalization;
using System.Text;

namespace Fer.Pipeline.Evaluation;

/// <summary>
/// How often each true class was predicted as each class. ML.NET's type of this name, with whole counts, since rows have no weights here.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly int[][] _counts;

    /// <summary>Creates the matrix from its counts: rows are true classes, columns predicted ones.</summary>
    /// <exception cref="ArgumentException">The table is not square over the class names, or a count is negative.</exception>
    public ConfusionMatrix(IReadOnlyList<string> classNames, IReadOnlyList<IReadOnlyList<int>> counts)
    {
        int classes = classNames.Count;
        if (counts.Count != classes || counts.Any(row => row.Count != classes))
            throw new ArgumentException($"A table of {classes} x {classes} counts is needed.", nameof(counts));
        if (counts.Any(row => row.Any(count => count < 0))) throw new ArgumentException("A count is negative.", nameof(counts));
        ClassNames = [.. classNames];
        _counts = [.. counts.Select(row => row.ToArray())];
        TrueCounts = [.. _counts.Select(row => row.Sum())];
        PredictedCounts = [.. Enumerable.Range(0, classes).Select(j => _counts.Sum(row => row[j]))];
        Total = TrueCounts.Sum();
        Correct = Enumerable.Range(0, classes).Sum(i => _counts[i][i]);
        PerClassPrecision = [.. Enumerable.Range(0, classes).Select(i => Ratio(_counts[i][i], PredictedCounts[i]))];
        PerClassRecall = [.. Enumerable.Range(0, classes).Select(i => Ratio(_counts[i][i], TrueCounts[i]))];
    }

    /// <summary>Class names in the order of the rows and columns.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The counts: the true class chooses the row, the predicted class the column.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Counts => _counts;

    /// <summary>The number of classes: rows and columns.</summary>
    public int NumberOfClasses => _counts.Length;

    /// <summary>
    /// Share of the rows predicted as a class that belong to it; 0 if the class was never predicted (scikit-learn's
    /// <c>zero_division=0</c>).
    /// </summary>
    public IReadOnlyList<double> PerClassPrecision { get; }

    /// <summary>Share of the rows of a class that are predicted as it; 0 if the class has no rows.</summary>
    public IReadOnlyList<double> PerClassRecall { get; }

    /// <summary>Rows of each true class.</summary>
    public IReadOnlyList<int> TrueCounts { get; }

    /// <summary>Rows predicted as each class.</summary>
    public IReadOnlyList<int> PredictedCounts { get; }

    /// <summary>All rows.</summary>
    public int Total { get; }

    /// <summary>Rows on the diagonal: correct predictions.</summary>
    public int Correct { get; }

    /// <summary>The count of one pair, in ML.NET's order of arguments.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not a class.</exception>
    public int GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)predictedClassIndicatorIndex, (uint)NumberOfClasses, nameof(predictedClassIndicatorIndex));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)actualClassIndicatorIndex, (uint)NumberOfClasses, nameof(actualClassIndicatorIndex));
        return _counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    /// <summary>
    /// The harmonic mean of a class's precision and recall, as 2 tp / (true + predicted); 0 where the class neither occurs nor is
    /// predicted.
    /// </summary>
    internal double F1(int index) => Ratio(2 * _counts[index][index], TrueCounts[index] + PredictedCounts[index]);

    /// <summary>
    /// The mean F1 over the classes that occur or are predicted, as scikit-learn's <c>f1_score(average='macro')</c>; 0 without rows.
    /// </summary>
    internal double MacroF1()
    {
        double sum = 0;
        int present = 0;
        for (int i = 0; i < NumberOfClasses; i++)
        {
            if (TrueCounts[i] + PredictedCounts[i] == 0) continue;
            sum += F1(i);
            present++;
        }
        return present == 0 ? 0 : sum / present;
    }

    /// <summary>
    /// The most frequent mistakes, most frequent first; ties in the order of the true, then the predicted class. Pairs that never occurred
    /// are left out.
    /// </summary>
    /// <param name="count">Maximum number of pairs.</param>
    public IReadOnlyList<TopConfusion> GetTopConfusions(int count = 10)
    {
        var pairs = from i in Enumerable.Range(0, NumberOfClasses)
                    from j in Enumerable.Range(0, NumberOfClasses)
                    where i != j && _counts[i][j] > 0
                    orderby _counts[i][j] descending, i, j
                    select new TopConfusion(ClassNames[i], ClassNames[j], _counts[i][j], Ratio(_counts[i][j], TrueCounts[i]));
        return [.. pairs.Take(count)];
    }

    /// <summary>The table as text for a terminal: rows true, columns predicted, recall at the right, precision below.</summary>
    public string GetFormattedConfusionTable()
    {
        const string Corner = "true \\ predicted";
        int first = Math.Max(Corner.Length, ClassNames.Select(name => name.Length).DefaultIfEmpty(0).Max());
        int[] widths = [.. Enumerable.Range(0, NumberOfClasses).Select(j =>
            Math.Max(Math.Max(ClassNames[j].Length, 6), _counts.Max(row => row[j].ToString(CultureInfo.InvariantCulture).Length)))];
        var text = new StringBuilder();
        Line(Corner, ClassNames, "recall");
        Line(new string('-', first), widths.Select(width => new string('-', width)), "------");
        for (int i = 0; i < NumberOfClasses; i++)
            Line(ClassNames[i], _counts[i].Select(count => count.ToString(CultureInfo.InvariantCulture)), Share(PerClassRecall[i]));
        Line("precision", PerClassPrecision.Select(Share), "");
        return text.ToString();

        void Line(string head, IEnumerable<string> cells, string tail)
        {
            string line = head.PadRight(first) + " | " + string.Join("  ", cells.Select((cell, j) => cell.PadLeft(widths[j]))) + " | " +
                tail;
            text.Append(line.TrimEnd()).Append('\n');
        }

        static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
