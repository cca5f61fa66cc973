using System.Globalization;
using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>
/// Where the model fails: slices of faces, corrupted faces, calibration of each class, labels that a good model disagrees
/// with, and explanation maps.
/// </summary>
internal static class ErrorSection
{
    private const int MostSuspects = 25;

    /// <summary>
    /// The accuracy, by the labels as they are, from which on at least half of the labels that a model contradicts are wrong. Measured on
    /// drawn faces of seven classes with known flips (360 faces, 20 draws each, a tenth of the training labels flipped as well): of a model
    /// with 0.73 under 5 % of flips 32 % of the contradicted labels had been flipped, with 0.86 67 %; under 10 %, with 0.70 46 % and with
    /// 0.82 77 %. Below 0.6 it was one in seven to one in four.
    /// </summary>
    private const double TellsLabels = 0.8;

    internal static void Write(ReportSection section, IReadOnlyList<string> names, ErrorAnalysis analysis, double accuracy)
    {
        if (analysis.Rows.Count == 0) return;
        if (analysis.Gallery is { } gallery)
        {
            section.Heading("Faces");
            section.Figures(Grid("Faces of each class", "The first of each class", names, gallery.Samples, 8),
                Grid("Right and sure of it", "The right answers with the highest confidence", names, gallery.Right));
            if (analysis.Mistakes.Count == 0)
                section.Figures(Grid("Wrong and sure of it", "The wrong answers with the highest confidence", names, gallery.Wrong));
        }
        if (analysis.Mistakes.Count > 0)
        {
            section.Heading("The most confident mistakes");
            section.Figures([Mistakes(names, analysis.Mistakes), .. EvaluationCharts.Explanations(names, analysis.Mistakes)]);
        }
        section.Heading("Kinds of faces");
        section.Paragraph(
            "The faces split into quarters by properties measured in the picture. Pose and occlusion are proxies: "
            + "FER2013 does not say how a head is turned or what covers it.", "soft");
        section.Figures([.. analysis.Slices.Select(EvaluationCharts.Slices)]);
        section.Table("All slices",
            new([new("property", Numeric: false), new("slice", Numeric: false), new("values"), new("faces"), new("accuracy"), new("95 %")],
            [.. analysis.Slices.SelectMany(group => group.Slices.Select(slice => (IReadOnlyList<string>)[group.Property, slice.Name,
                NumberText.Range(slice.Lower, slice.Upper, ValueFormat.Number), NumberText.Count(slice.Count),
                NumberText.Percent(slice.Accuracy), NumberText.Range(slice.Interval.Lower, slice.Interval.Upper, ValueFormat.Percent)]))]));
        if (analysis.Robustness.Count > 0)
        {
            section.Heading("Corrupted faces");
            section.Paragraph($"The same {NumberText.Count(analysis.Robustness[0].Count)} faces under one corruption at a time"
                + (analysis.UsesOneView ? ", by one view of each, as all views of the model would take long." : "."), "soft");
            section.Figures(EvaluationCharts.Robustness(analysis.Robustness), EvaluationCharts.Calibration(analysis.Calibration));
        }
        else
        {
            section.Figures(EvaluationCharts.Calibration(analysis.Calibration));
        }
        if (accuracy >= TellsLabels) Labels(section, names, analysis);
    }

    private static ImageGrid Grid(
        string title, string what, IReadOnlyList<string> names, IReadOnlyList<ShownFace> faces, int columns = 4) =>
        new()
        {
            Title = title,
            Description = $"{what}: {NumberText.Count(faces.Count, "face")}.",
            Columns = columns,
            Items = [.. faces.Select(face => EvaluationCharts.Item(names, face.Image, face.Label, face.Predicted, face.Probabilities) with
            {
                Caption = names[columns > 4 ? face.Label : face.Predicted],
                Note = face.Label == face.Predicted ? "row " + face.Row.ToString(CultureInfo.InvariantCulture)
                    : columns > 4 ? $"called {names[face.Predicted]}" : $"true: {names[face.Label]}",
                Bars = columns > 4 ? [] : [.. face.Probabilities.Select((value, k) => (names[k], (double)value))],
            })],
        };

    private static ImageGrid Mistakes(IReadOnlyList<string> names, IReadOnlyList<ExplainedFace> faces) => new()
    {
        Title = "Wrong and sure of it",
        Description = $"The {NumberText.Count(faces.Count)} wrong predictions with the highest confidence.",
        Items = [.. faces.Select(face => EvaluationCharts.Item(names, face.Image, face.Label, face.Predicted, face.Probabilities)
            with
        { Note = "row " + face.Row.ToString(CultureInfo.InvariantCulture) })],
    };

    private static void Labels(ReportSection section, IReadOnlyList<string> names, ErrorAnalysis analysis)
    {
        var found = analysis.LabelErrors;
        section.Heading("Labels that the model disagrees with");
        section.Paragraph(
            $"The model contradicts the label of {NumberText.Count(found.Suspects.Count, "row")} (confident learning, Northcutt et al., "
            + "arXiv 1911.00068). That is the model's opinion: of a model as good as this about half of such labels or more were wrong "
            + "where it could be measured, the rest were its own mistakes. Look before you relabel.");
        if (analysis.Gallery is { Suspects.Count: > 0 } gallery)
            section.Figures(
                Grid("What the model would call otherwise", "Faces whose label the model contradicts", names, gallery.Suspects));
        string caption = found.Suspects.Count > MostSuspects ? $"The {MostSuspects} most suspect rows" : "Suspect rows, most suspect first";
        section.Table(caption, new(
            [new("row"), new("label", Numeric: false), new("its probability"), new("suggested", Numeric: false), new("its probability")],
            [.. found.Suspects.Take(MostSuspects).Select(
                one => (IReadOnlyList<string>)[analysis.Rows[one.Index].ToString(CultureInfo.InvariantCulture), names[one.Given],
                NumberText.Percent(one.LabelProbability), names[one.Suggested], NumberText.Percent(one.SuggestedProbability)])]));
    }
}
