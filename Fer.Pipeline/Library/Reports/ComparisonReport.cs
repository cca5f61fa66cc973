using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>The HTML report of two models on the same rows: one file that needs neither network nor scripts.</summary>
internal static class ComparisonReport
{
    /// <summary>Writes the report.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public static void Write(string path, ComparisonReportData data) => AtomicFile.WriteText(path, ToHtml(data));

    /// <summary>The report as text.</summary>
    public static string ToHtml(ComparisonReportData data) => Build(data).ToHtml();

    /// <summary>Writes every chart of the report as a separate SVG file.</summary>
    /// <returns>The files written.</returns>
    /// <exception cref="FerException">A file cannot be written.</exception>
    public static IReadOnlyList<string> WriteSvg(string folder, ComparisonReportData data) => SvgFiles.Write(folder, Build(data).Charts);

    /// <summary>The verdict in words: which model is better, or that the difference may be due to chance.</summary>
    public static string Verdict(ComparisonReportData data)
    {
        var test = data.Comparison.McNemar;
        string split = $"Of {NumberText.Count(data.Comparison.First.Count)} faces, "
            + $"{data.FirstName} alone is right on {NumberText.Count(test.OnlyFirst)}, "
            + $"{data.SecondName} alone on {NumberText.Count(test.OnlySecond)} (McNemar's exact test, p {P(test.PValue)}).";
        if (test.PValue >= 0.05) return split + " The difference may be due to chance.";
        return $"{split} {(test.OnlySecond > test.OnlyFirst ? data.SecondName : data.FirstName)} is significantly better.";
    }

    internal static string P(double value) =>
        value < 1e-4 ? "< 0.0001" : "= " + value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);

    private static ReportDocument Build(ComparisonReportData data)
    {
        var page = new ReportDocument(data.Title)
        {
            Lead = lead =>
            {
                if (data.Command is not null) lead.Code(data.Command);
                foreach (string note in data.Notes) lead.Paragraph(note, "note");
            },
        };
        var comparison = data.Comparison;
        page.Add("Which is better", section => Result(section, data));
        page.Add("By class", section => section.Figures(Recalls(data), Pairs(data)));
        page.Add(data.FirstName, section => EvaluationSection.Details(section, comparison.First));
        page.Add(data.SecondName, section => EvaluationSection.Details(section, comparison.Second));
        page.Add("Models", section => section.Table("The two models", new(
            [new("", Numeric: false), new(data.FirstName, Numeric: false, Wraps: true), new(data.SecondName, Numeric: false, Wraps: true)],
            [.. data.Facts.Select(fact => (IReadOnlyList<string>)[fact.Name, fact.First, fact.Second])])));
        return page;
    }

    private static void Result(ReportSection section, ComparisonReportData data)
    {
        var comparison = data.Comparison;
        section.Paragraph(Verdict(data));
        section.Tables(() =>
        {
            section.Table("Metrics of both models", new(
                [
                    new("metric", Numeric: false), new(data.FirstName), new(data.SecondName), new("difference"), new("95 % interval"),
                    new("", Numeric: false),
                ],
                [.. comparison.Differences.Select(one => Row(one, data))]));
            section.Table("Correct predictions", new(
                [new("", Numeric: false), new(data.SecondName + " correct"), new(data.SecondName + " wrong")],
                [
                    [data.FirstName + " correct", NumberText.Count(comparison.BothRight), NumberText.Count(comparison.McNemar.OnlyFirst)],
                    [data.FirstName + " wrong", NumberText.Count(comparison.McNemar.OnlySecond), NumberText.Count(comparison.BothWrong)],
                ]));
        });
        section.Paragraph(
            "Intervals of differences are from 1,000 bootstrap resamples of the faces, the same for both models. "
            + "A difference whose interval excludes 0 is marked.", "soft");
    }

    private static IReadOnlyList<string> Row(MetricDifference one, ComparisonReportData data)
    {
        var format = one.IsShare ? ValueFormat.Percent : ValueFormat.Number;
        string sign = one.Difference >= 0 ? "+" : "−";
        string better = !one.IsClear ? "" : one.Difference > 0 == one.HigherIsBetter ? $"★ {data.SecondName}" : $"★ {data.FirstName}";
        return [one.Name, NumberText.Value(one.First, format), NumberText.Value(one.Second, format), sign + NumberText.Value(
            Math.Abs(one.Difference), format), NumberText.Range(one.Interval.Lower, one.Interval.Upper, format), better];
    }

    private static BarChart Recalls(ComparisonReportData data)
    {
        var widest = data.Comparison.RecallDifferences.MaxBy(one => Math.Abs(one.Difference))!;
        return new()
        {
            Title = "Recall of each class",
            Description =
                $"The widest gap is at {widest.Name}: {NumberText.Percent(widest.First)} against {NumberText.Percent(widest.Second)}.",
            Categories = [.. data.Comparison.RecallDifferences.Select(one => one.Name)],
            Series =
            [
                new(data.FirstName, [.. data.Comparison.First.PerClass.Select(row => row.Recall)]) {
                    Intervals = [.. data.Comparison.First.PerClass.Select(row => row.RecallInterval)] },
                new(data.SecondName, [.. data.Comparison.Second.PerClass.Select(row => row.Recall)]) {
                    Intervals = [.. data.Comparison.Second.PerClass.Select(row => row.RecallInterval)] },
            ],
            Format = ValueFormat.Percent,
        };
    }

    private static BarChart Pairs(ComparisonReportData data)
    {
        var comparison = data.Comparison;
        (string Name, int Count)[] cells =
        [
            ("both correct", comparison.BothRight), ($"only {data.FirstName}", comparison.McNemar.OnlyFirst),
            ($"only {data.SecondName}", comparison.McNemar.OnlySecond), ("both wrong", comparison.BothWrong),
        ];
        return new()
        {
            Title = "Correct predictions",
            Description = string.Join(", ", cells.Select(cell => $"{cell.Name} {NumberText.Count(cell.Count)}")) + ".",
            Categories = [.. cells.Select(cell => cell.Name)],
            Series = [new("faces", [.. cells.Select(cell => (double)cell.Count)])],
            Format = ValueFormat.Count,
            ValueName = "faces",
            CategoryName = "outcome",
        };
    }
}

/// <summary>The content of a comparison report, as plain data.</summary>
internal sealed record ComparisonReportData
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>The command that reproduces this result.</summary>
    public string? Command { get; init; }

    /// <summary>What a reader must know before reading the numbers.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The name of the first model.</summary>
    public required string FirstName { get; init; }

    /// <summary>The name of the second model.</summary>
    public required string SecondName { get; init; }

    /// <summary>The metrics.</summary>
    public required ModelComparison Comparison { get; init; }

    /// <summary>Facts about both models, such as their architectures.</summary>
    public IReadOnlyList<(string Name, string First, string Second)> Facts { get; init; } = [];
}
