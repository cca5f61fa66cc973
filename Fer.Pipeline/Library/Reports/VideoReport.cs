using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>The HTML report of a video: each face's emotions over time. One file that needs neither network nor scripts.</summary>
internal static class VideoReport
{
    /// <summary>Seconds without a face after which its line is interrupted.</summary>
    private const double LongestGap = 2;

    /// <exception cref="FerException">The file cannot be written.</exception>
    internal static void Write(string path, string video, EmotionTimeline timeline) => AtomicFile.WriteText(path, ToHtml(video, timeline));

    internal static string ToHtml(string video, EmotionTimeline timeline)
    {
        var page = new ReportDocument($"Emotions in {video}");
        page.Add("Summary", section => Summary(section, timeline));
        foreach (var face in timeline.Faces)
            page.Add($"Face {face.Id.ToString(CultureInfo.InvariantCulture)}", section => section.Figures(Chart(face, timeline)));
        return page.ToHtml();
    }

    private static void Summary(ReportSection section, EmotionTimeline timeline)
    {
        section.Tiles(
        [
            ("Length", Seconds(timeline.Seconds), null),
            ("Frames analysed", NumberText.Count(timeline.Frames), null),
            ("Faces", NumberText.Count(timeline.FacesSeen),
                timeline.FacesSeen > timeline.Faces.Count() ? "those seen longest are shown" : null),
        ]);
        section.Table("Share of its frames in which each class was the most probable", new(
            [new("face", Numeric: false), new("from"), new("to"), new("frames"),
                .. timeline.ClassNames.Select(name => new TableColumn(name))],
            [.. timeline.Faces.Select(face => (IReadOnlyList<string>)[
                face.Id.ToString(CultureInfo.InvariantCulture), Seconds(face.First), Seconds(face.Last), NumberText.Count(face.Frames),
                .. face.Shares.Select(share => NumberText.Percent(share))])]));
        section.Paragraph(
            "A face that was out of sight for more than a second gets a new number. "
            + "What a face shows is not what a person feels.", "soft");
    }

    private static LineChart Chart(FaceTimeline face, EmotionTimeline timeline)
    {
        // The x values of a line chart are whole numbers, and no two steps may share one.
        bool fine = timeline.Step < 1;
        double unit = fine ? 0.1 : 1;
        int last = timeline.StepOf(timeline.Seconds);
        return new LineChart
        {
            Title = "Probabilities, smoothed",
            Description =
                $"Face {face.Id.ToString(CultureInfo.InvariantCulture)}, {Seconds(face.First)} to {Seconds(face.Last)}. On average "
                + string.Join(", ", face.Means.Zip(timeline.ClassNames).OrderByDescending(p => p.First).Select(
                    p => $"{p.Second} {NumberText.Percent(p.First)}")),
            XName = fine ? "tenth of a second" : "second",
            Format = ValueFormat.Percent,
            Series = [.. timeline.ClassNames.Select((className, k) => new LineSeries(className,
                [.. Connected(face.Steps(k).Take(last + 1).Select((value, step) => ((int)Math.Round(step * timeline.Step / unit), value)),
                    LongestGap / unit)]))],
        };
    }

    /// <summary>Leaves out steps without a value, so that the line bridges short gaps: frames may be further apart than steps.</summary>
    private static IEnumerable<(int X, double Y)> Connected(IEnumerable<(int X, double Y)> points, double longestGap)
    {
        int? before = null;
        foreach (var point in points.Where(p => double.IsFinite(p.Y)))
        {
            if (before is { } last && point.X - last > longestGap) yield return (last + 1, double.NaN);
            before = point.X;
            yield return point;
        }
    }

    private static string Seconds(double seconds) => seconds.ToString("F1", CultureInfo.InvariantCulture) + " s";
}
