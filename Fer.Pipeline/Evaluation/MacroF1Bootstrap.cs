namespace Fer.Pipeline.Evaluation;

/// <summary>
/// The percentile bootstrap of macro F1 (Efron and Tibshirani 1993, chapter 13). Macro F1 depends on a row only through its cell of the
/// confusion matrix, so rows are drawn as cells.
/// </summary>
internal static class MacroF1Bootstrap
{
    private const int Resamples = 1000;

    internal static ConfidenceInterval Interval(ConfusionMatrix confusion)
    {
        if (confusion.Total == 0) return new(0, 1);
        int classes = confusion.NumberOfClasses;
        int[] cells = new int[confusion.Total];
        int row = 0;
        for (int i = 0; i < classes; i++)
            for (int j = 0; j < classes; j++)
            {
                cells.AsSpan(row, confusion.Counts[i][j]).Fill(i * classes + j);
                row += confusion.Counts[i][j];
            }
        double[] scores = new double[Resamples];
        int[] counts = new int[classes * classes];
        for (int resample = 0; resample < Resamples; resample++)
        {
            var random = new RandomStream(seed: 0, resample);
            Array.Clear(counts);
            for (int draw = 0; draw < cells.Length; draw++) counts[cells[random.NextInt32(cells.Length)]]++;
            scores[resample] = MacroF1(counts, classes);
        }
        Array.Sort(scores);
        return new(Percentile(scores, 0.025), Percentile(scores, 0.975));
    }

    private static double MacroF1(ReadOnlySpan<int> counts, int classes)
    {
        double sum = 0;
        int present = 0;
        for (int k = 0; k < classes; k++)
        {
            int marks = 0;
            for (int j = 0; j < classes; j++) marks += counts[k * classes + j] + counts[j * classes + k];
            if (marks == 0) continue;
            sum += 2.0 * counts[k * classes + k] / marks;
            present++;
        }
        return sum / present;
    }

    private static double Percentile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return sorted[below] + (place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
