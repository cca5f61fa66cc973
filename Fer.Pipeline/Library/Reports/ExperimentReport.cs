namespace Fer.Pipeline.Reports;

/// <summary>The HTML report of a run: one file that needs neither network nor scripts.</summary>
internal static class ExperimentReport
{
    /// <summary>Writes the report.</summary>
    /// <exception cref="ArgumentException">The counts of a split do not fit the class names.</exception>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public static void Write(string path, ExperimentReportData data) => AtomicFile.WriteText(path, ToHtml(data));

    /// <summary>The report as text.</summary>
    /// <exception cref="ArgumentException">The counts of a split do not fit the class names.</exception>
    public static string ToHtml(ExperimentReportData data) => Build(data).ToHtml();

    /// <summary>Writes every chart of the report as a separate SVG file, for papers and slides.</summary>
    /// <returns>The files written.</returns>
    /// <exception cref="FerException">A file cannot be written.</exception>
    public static IReadOnlyList<string> WriteSvg(string folder, ExperimentReportData data) => SvgFiles.Write(folder, Build(data).Charts);

    private static ReportDocument Build(ExperimentReportData data)
    {
        foreach (var split in data.Splits)
            if (split.Counts.Count != data.ClassNames.Count)
                throw new ArgumentException($"Split '{split.Name}' has {split.Counts.Count} counts for {data.ClassNames.Count} classes.",
                    nameof(data));

        var page = new ReportDocument(data.Title) { Lead = lead => Lead(lead, data) };
        if (data.Evaluations.Count > 0) page.Add("Result", section =>
        {
            VerdictSection.Write(section, data.Evaluations[0].Metrics, data.IsFer2013);
            EvaluationSection.Summary(section, data.Evaluations);
        });
        page.Add("Data", section => DataSection.Write(section, data));
        page.Add("Training", section => TrainingSection.Write(section, data));
        foreach (var evaluation in data.Evaluations)
        {
            page.Add($"Evaluation on {evaluation.Name}",
                section => EvaluationSection.Details(section, evaluation.Metrics, evaluation.Analysis));
            if (evaluation.Analysis is { } analysis)
            {
                double accuracy = evaluation.Metrics.Accuracy;
                page.Add($"Errors on {evaluation.Name}", section => ErrorSection.Write(section, data.ClassNames, analysis, accuracy));
            }
        }
        page.Add("Trials", section => TrialsSection.Write(section, data.Trials));
        if (data.ModelFile is { } file) page.Add("Use this model", section => UseSection.Write(section, file, data.ClassNames));
        page.Add("Environment", section => section.Facts("Where and how this was made", data.Environment));
        return page;
    }

    private static void Lead(ReportSection lead, ExperimentReportData data)
    {
        if (data.Command is not null) lead.Code(data.Command);
        foreach (string note in data.Notes) lead.Paragraph(note, "note");
    }
}
