using System.Globalization;
using System.Text;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>An earlier project beside what was measured of it here, and FerNet in the same time.</summary>
internal sealed record ReproductionRow(EarlierProject Project, Reproduction Ours, Reproduction? FerNet)
{
    internal IReadOnlyList<string> Cells =>
    [
        Project.Name,
        string.Create(CultureInfo.InvariantCulture, $"{Project.Scheme.ClassNames.Count}"),
        Project.Reported is { } reported ? string.Create(CultureInfo.InvariantCulture, $"{100 * reported:F1}") : "-",
        Ours.Percent(),
        string.Create(CultureInfo.InvariantCulture, $"{Ours.Epochs}"),
        string.Create(CultureInfo.InvariantCulture, $"{Ours.Seconds / 60:F1} of {Ours.Minutes:0.##}"),
        FerNet?.Percent() ?? "-",
    ];

    internal static IReadOnlyList<string> Headers { get; } =
        ["project", "classes", "reported %", "here, PublicTest % (95 % interval)", "epochs", "minutes", "FerNet in the same minutes %"];

    /// <summary>The table of <c>--all</c> as Markdown.</summary>
    internal static string Markdown(IReadOnlyList<ReproductionRow> rows)
    {
        var text = new StringBuilder("# The earlier projects, trained here\n\n");
        Line(text, Headers);
        Line(text, Headers.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (var row in rows) Line(text, row.Cells);
        text.Append("\nReported on:\n");
        foreach (var row in rows) text.Append(CultureInfo.InvariantCulture, $"- {row.Project.Name}: {row.Project.ReportedOn}\n");
        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
