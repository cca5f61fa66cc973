using System.Globalization;
using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>Where the model errs: kinds of faces, spoilt faces, calibration of each class, labels that are probably wrong, and why it decided so.</summary>
internal static class ErrorSection
{
    private const int MostSuspects = 25;

    internal static void Write(ReportSection section, IReadOnlyList<string> names, ErrorAnalysis analysis)
    {
        if (analysis.Rows.Count == 0) return;
        if (analysis.Mistakes.Count > 0)
        {
            section.Heading("The most confident mistakes");
            section.Figures([Mistakes(names, analysis.Mistakes), .. EvaluationCharts.Explanations(names, analysis.Mistakes)]);
        }
        section.Heading("Kinds of faces");
        section.Paragraph("The faces cut into quarters by what can be measured in the picture. Pose and occlusion are stand-ins: FER2013 does not say how a head is turned or what hides it.", "soft");
        section.Figures([.. analysis.Slices.Select(EvaluationCharts.Slices)]);
        section.Table("All slices", new([new("property", Numeric: false), new("slice", Numeric: false), new("values"), new("faces"), new("accuracy"), new("95 %")],
            [.. analysis.Slices.SelectMany(group => group.Slices.Select(slice => (IReadOnlyList<string>)[group.Property, slice.Name,
                NumberText.Range(slice.Lower, slice.Upper, ValueFormat.Number), NumberText.Count(slice.Count), NumberText.Percent(slice.Accuracy), NumberText.Range(slice.Interval.Lower, slice.Interval.Upper, ValueFormat.Percent)]))]));
        if (analysis.Robustness.Count > 0)
        {
            section.Heading("Spoilt faces");
            section.Paragraph($"The same {NumberText.Count(analysis.Robustness[0].Count)} faces, spoilt in one way each.", "soft");
            section.Figures(EvaluationCharts.Robustness(analysis.Robustness), EvaluationCharts.Calibration(analysis.Calibration));
        }
        else
        {
            section.Figures(EvaluationCharts.Calibration(analysis.Calibration));
        }
        Labels(section, names, analysis);
    }

    private static ImageGrid Mistakes(IReadOnlyList<string> names, IReadOnlyList<ExplainedFace> faces) => new()
    {
        Title = "Wrong and sure of it",
        Description = $"{NumberText.Count(faces.Count)} faces that were taken for another class with the highest confidence.",
        Items = [.. faces.Select(face => EvaluationCharts.Item(names, face.Image, face.Label, face.Predicted, face.Probabilities)
            with
        { Note = "row " + face.Row.ToString(CultureInfo.InvariantCulture) })],
    };

    private static void Labels(ReportSection section, IReadOnlyList<string> names, ErrorAnalysis analysis)
    {
        var found = analysis.LabelErrors;
        section.Heading("Labels that are probably wrong");
        section.Paragraph($"By confident learning (Northcutt et al., arXiv 1911.00068), {NumberText.Percent(found.NoiseShare)} of the labels are wrong; {NumberText.Count(found.Suspects.Count)} rows are suspects. "
            + "This says that the model disagrees with confidence, not that it is right: look before you relabel.");
        section.Table(found.Suspects.Count > MostSuspects ? $"The {MostSuspects} likeliest" : "Suspects, the likeliest first", new(
            [new("row"), new("label", Numeric: false), new("its probability"), new("rather", Numeric: false), new("its probability")],
            [.. found.Suspects.Take(MostSuspects).Select(one => (IReadOnlyList<string>)[analysis.Rows[one.Index].ToString(CultureInfo.InvariantCulture), names[one.Given],
                NumberText.Percent(one.LabelProbability), names[one.Suggested], NumberText.Percent(one.SuggestedProbability)])]));
    }
}
