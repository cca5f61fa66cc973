using Fer.Pipeline.Reports;

namespace Fer.Pipeline.Interactive;

/// <summary>Axes and fonts in the terms of plotly.js.</summary>
internal static class PlotlyAxis
{
    internal static Dictionary<string, object> Of(string? name, ValueFormat? format = null)
    {
        var axis = new Dictionary<string, object>
        {
            ["title"] = new Dictionary<string, object> { ["text"] = name ?? "" },
            ["gridcolor"] = "#e6e9ee",
            ["automargin"] = true,
        };
        if (format == ValueFormat.Percent) axis["tickformat"] = ".0%";
        if (format == ValueFormat.Percent) axis["hoverformat"] = ".1%";
        if (format == ValueFormat.Count) axis["tickformat"] = ",d";
        return axis;
    }

    internal static Dictionary<string, object> Font(int size) =>
        new() { ["family"] = "system-ui, sans-serif", ["size"] = size, ["color"] = "#1b1f24" };
}
