using System.Globalization;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;

namespace Fer.Pipeline.Runs;

/// <summary>A page that lists the runs of a folder, the newest first, with links to their reports.</summary>
internal static class RunIndex
{
    internal const string FileName = "index.html";

    /// <summary>Writes the page.</summary>
    /// <param name="folder">The folder of the runs' folders.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="FerException">It cannot be written.</exception>
    internal static string Write(string folder)
    {
        var runs = Find(folder).OrderByDescending(r => r.Written).ThenBy(r => r.Name, StringComparer.Ordinal).ToArray();
        var page = new ReportDocument("Runs")
        {
            Lead = lead => lead.Paragraph(runs.Length == 0 ? "There is no report here yet." :
                "Each run's report, the newest first. Accuracy and F1 are those on the validation split.", "soft"),
        };
        page.Add("Reports", section => section.Table("All runs", new(
            [new("run", Numeric: false), new("written", Numeric: false), new("accuracy"), new("macro F1"), new("classes"),
                new("architecture", Numeric: false), new("data", Numeric: false)],
            [.. runs.Select(r => (IReadOnlyList<string>)[r.Name, r.Written.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
                Metric(r.Manifest, "validationAccuracy", ValueFormat.Percent), Metric(r.Manifest, "validationMacroF1", ValueFormat.Number),
                r.Manifest is { } m ? NumberText.Count(m.ClassNames.Count) : NumberText.None, r.Manifest?.Architecture ?? NumberText.None,
                r.Manifest is null ? NumberText.None : RunSettings.IsOfDrawnFaces(r.Manifest) ? "drawn faces" : "faces"])]),
            withHeading: false, link: row => runs[row].Link));
        string path = Path.Combine(folder, FileName);
        AtomicFile.WriteText(path, page.ToHtml());
        return path;
    }

    private static IEnumerable<Run> Find(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (string run in Directory.EnumerateDirectories(folder))
        {
            string report = Path.Combine(run, RunFiles.Report), name = Path.GetFileName(run);
            if (!File.Exists(report)) continue;
            yield return new(name, $"{Uri.EscapeDataString(name)}/{RunFiles.Report}", File.GetLastWriteTimeUtc(report),
                ModelZip.TryReadManifest(Path.Combine(run, RunFiles.Model)));
        }
        // What comes with the project lies beside the runs' folders.
        foreach (string zip in Directory.EnumerateFiles(folder, "*.zip"))
        {
            string report = Path.ChangeExtension(zip, ".html"), name = Path.GetFileNameWithoutExtension(zip);
            if (!File.Exists(report)) continue;
            yield return new(name, Uri.EscapeDataString(Path.GetFileName(report)), File.GetLastWriteTimeUtc(report),
                ModelZip.TryReadManifest(zip));
        }
    }

    private static string Metric(ModelManifest? manifest, string name, ValueFormat format) =>
        manifest is not null && manifest.Metrics.TryGetValue(name, out double value) ? NumberText.Value(value, format) : NumberText.None;

    private sealed record Run(string Name, string Link, DateTime Written, ModelManifest? Manifest);
}
