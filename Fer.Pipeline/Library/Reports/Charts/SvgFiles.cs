using System.Globalization;
using System.Text;

namespace Fer.Pipeline.Reports;

/// <summary>Charts as files, numbered in the report's order and named after their titles.</summary>
internal static class SvgFiles
{
    internal static IReadOnlyList<string> Write(string folder, IReadOnlyList<Chart> charts)
    {
        var files = new List<string>();
        foreach (var chart in charts)
        {
            string path = Path.Combine(folder, $"{(files.Count + 1).ToString("00", CultureInfo.InvariantCulture)}-{Name(chart.Title)}.svg");
            chart.Save(path);
            files.Add(path);
        }
        return files;
    }

    /// <summary>Letters and digits; anything else becomes a single hyphen.</summary>
    private static string Name(string title)
    {
        var name = new StringBuilder();
        foreach (char c in title.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) name.Append(c);
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
            if (name.Length >= 60) break;
        }
        return name.ToString().Trim('-') is { Length: > 0 } found ? found : "chart";
    }
}
