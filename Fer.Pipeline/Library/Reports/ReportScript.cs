using System.Security.Cryptography;
using System.Text;

namespace Fer.Pipeline.Reports;

/// <summary>
/// The script of a report: sorting, filtering, faces behind a cell, curves of a trial, brushing, a threshold. The page says all without
/// it. The page's policy names its hash, so that no other script runs, whatever a name in the data contains.
/// </summary>
internal static class ReportScript
{
    /// <summary>The text between the tags, well-formed as XML too.</summary>
    internal static string Text { get; } = $"//<![CDATA[\n{Load()}//]]>\n";

    /// <summary>What the page's policy calls it.</summary>
    internal static string Source { get; } = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))}'";

    private static string Load()
    {
        using var stream = typeof(ReportScript).Assembly.GetManifestResourceStream("reports/report.js")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
