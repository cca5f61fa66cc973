using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Reports;

/// <summary>The result in words, before any figure: how good, against chance and people, and what goes wrong.</summary>
internal static class VerdictSection
{
    /// <summary>
    /// How often people name FER2013's label: 65 % with a deviation of 5 (Goodfellow et al., Challenges in Representation Learning,
    /// arXiv 1307.0414).
    /// </summary>
    private const double PeopleLow = 0.60, PeopleHigh = 0.70;

    internal static void Write(ReportSection section, FaceClassificationMetrics metrics, bool isFer2013)
    {
        if (metrics.Count == 0 || metrics.PerClass.Count < 2) return;
        section.Paragraph(Quality(metrics, isFer2013), "verdict");
        string mistakes = Mistakes(metrics);
        if (mistakes.Length > 0) section.Paragraph(mistakes);
    }

    private static string Quality(FaceClassificationMetrics metrics, bool isFer2013)
    {
        var common = metrics.PerClass.MaxBy(c => c.Support)!;
        double majority = (double)common.Support / metrics.Count;
        var interval = metrics.AccuracyInterval;
        string right = $"The model names {NumberText.Percent(metrics.Accuracy)} of {NumberText.Count(metrics.Count)} faces rightly "
            + $"(95 % interval {NumberText.Range(interval.Lower, interval.Upper, ValueFormat.Percent)}). Always answering '{common.Name}' "
            + $"would get {NumberText.Percent(majority)}, guessing {NumberText.Percent(1.0 / metrics.PerClass.Count)}.";
        if (interval.Lower <= majority) return $"{right} So it has not learnt more than which class is the most frequent.";
        bool isSeven = metrics.PerClass.Select(c => c.Name).SequenceEqual(LabelScheme.Seven.ClassNames);
        if (!isFer2013 || !isSeven) return right;
        string people = interval.Upper < PeopleLow ? "below people" : interval.Lower > PeopleHigh ? "above people" : "like people";
        return $"{right} On FER2013 people get about 65\u00A0%, give or take 5 (arXiv 1307.0414): it does {people} on such "
            + "pictures, by these labels.";
    }

    /// <summary>What it never says, and what it takes for what.</summary>
    private static string Mistakes(FaceClassificationMetrics metrics)
    {
        var sentences = new List<string>();
        string[] never = [.. metrics.PerClass.Where(c => c is { Predicted: 0, Support: > 0 }).Select(c => c.Name)];
        if (never.Length > 0) sentences.Add($"It never says {Joined(never)}.");
        string[] seldom = [.. metrics.PerClass.Where(c => c.Predicted > 0 && c.Predicted < 0.5 * c.Support).Select(c => c.Name)];
        if (seldom.Length > 0) sentences.Add($"It says {Joined(seldom)} less than half as often as the labels do.");
        var worst = metrics.ConfusionMatrix.GetTopConfusions(3).Where(c => c.Count > 0).ToArray();
        if (worst.Length > 0)
        {
            sentences.Add("Most often it takes " + Joined([.. worst.Select(c =>
                $"{c.True} for {c.Predicted} ({NumberText.WholePercent(c.Share)} of {c.True})")]) + ".");
        }
        return string.Join(' ', sentences);
    }

    private static string Joined(IReadOnlyList<string> words) =>
        words.Count == 1 ? words[0] : $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}";
}
