namespace Fer.Pipeline.Reports;

/// <summary>Where the rows come from and how the classes are distributed over the splits.</summary>
internal static class DataSection
{
    internal static void Write(ReportSection section, ExperimentReportData data)
    {
        if (data.DataDescription is not null) section.Paragraph(data.DataDescription);
        if (data.DataHash is not null) section.Paragraph($"Training data hash: {data.DataHash}", "soft");
        var splits = data.Splits.Where(split => split.Counts.Sum() > 0).ToArray();
        if (splits.Length == 0) return;

        var chart = new BarChart
        {
            Title = "Class distribution: share of each split",
            Description = string.Join(". ", splits.Select(split => Describe(data.ClassNames, split))),
            Categories = data.ClassNames,
            Series = [.. splits.Select(
                split => new BarSeries(split.Name, [.. Enumerable.Range(0, split.Counts.Count).Select(k => Share(split, k))])
            {
                Labels = [.. split.Counts.Select((count, k) => $"{NumberText.Percent(Share(split, k))} · {NumberText.Count(count)}")],
            })],
            Format = ValueFormat.Percent,
        };
        var rows = data.ClassNames.Select((name, k) =>
            (IReadOnlyList<string>)[name, .. splits.SelectMany(
                split => new[] { NumberText.Count(split.Counts[k]), NumberText.Percent(Share(split, k)) })]);
        var total = (IReadOnlyList<string>)["all", .. splits.SelectMany(
            split => new[] { NumberText.Count(split.Counts.Sum()), NumberText.Percent(1) })];
        section.Beside(chart, "Rows of each class and split", new(
            [new("class", Numeric: false), .. splits.SelectMany(split => new TableColumn[] { new(split.Name), new("share") })],
            [.. rows, total]));
    }

    private static double Share(SplitCounts split, int k) => (double)split.Counts[k] / split.Counts.Sum();

    private static string Describe(IReadOnlyList<string> names, SplitCounts split)
    {
        int most = Enumerable.Range(0, names.Count).MaxBy(k => split.Counts[k]),
            least = Enumerable.Range(0, names.Count).MinBy(k => split.Counts[k]);
        return $"{split.Name}: {NumberText.Count(split.Counts.Sum())} rows, most {names[most]} " +
            $"({NumberText.Percent(Share(split, most))}), least {names[least]} ({NumberText.Percent(Share(split, least))})";
    }
}
