namespace Fer.Pipeline.Reports;

/// <summary>
/// The colours of charts and page, for light and for dark mode. Text has a contrast of at least 4.5 to its background, lines and bars 3
/// (WCAG 2.2, 1.4.3 and 1.4.11). The series colours are Okabe and Ito's colour-blind-safe set, darkened or lightened to reach that; blue
/// and orange, the usual pair, also differ in lightness.
/// </summary>
internal sealed record Palette(string Page, string Card, string Ink, string Soft, string Line, string Grid, string Accent,
    IReadOnlyList<string> Series, IReadOnlyList<string> Heat, IReadOnlyList<string> HeatInk)
{
    private const string Black = "#000000", White = "#ffffff";

    internal static Palette Light { get; } = new(
        Page: "#f5f6f8", Card: "#ffffff", Ink: "#1b1f24", Soft: "#555e69", Line: "#d3d9e0", Grid: "#e6e9ee", Accent: "#0b5cad",
        Series: ["#0b5cad", "#d35400", "#007f63", "#9c3f8c", "#8a6d00", "#5b6570"],
        Heat: ["#f7fbff", "#e3eef9", "#cfe1f2", "#b0d2e8", "#86bcdc", "#5aa2cf", "#2a74b5", "#0d569f", "#08306b"],
        HeatInk: [Black, Black, Black, Black, Black, Black, White, White, White]);

    internal static Palette Dark { get; } = new(
        Page: "#0f1318", Card: "#171c22", Ink: "#e7ebf0", Soft: "#a7b1bd", Line: "#343c47", Grid: "#272e37", Accent: "#74b9f2",
        Series: ["#5aa9ea", "#ff9d5c", "#43c9a5", "#dd96d0", "#e0c04a", "#9aa5b1"],
        Heat: ["#1a222c", "#1b3147", "#1c4163", "#1d527f", "#20649c", "#4590cf", "#72afe2", "#a3cdf0", "#d3e8fb"],
        HeatInk: [White, White, White, White, White, Black, Black, Black, Black]);

    /// <summary>The index into <see cref="Heat"/> of a share 0 … 1.</summary>
    internal static int HeatStep(double share) =>
        double.IsFinite(share) ? Math.Clamp((int)(share * Light.Heat.Count), 0, Light.Heat.Count - 1) : 0;

    /// <summary>The colours as CSS variables.</summary>
    internal string ToCss()
    {
        var variables = new List<(string Name, string Value)>
        {
            ("page", Page), ("card", Card), ("ink", Ink), ("soft", Soft), ("line", Line), ("grid", Grid), ("accent", Accent),
            ("glow", "#ff7a00"),
        };
        variables.AddRange(Series.Select((colour, i) => ($"s{i + 1}", colour)));
        variables.AddRange(Heat.Select((colour, i) => ($"h{i}", colour)));
        variables.AddRange(HeatInk.Select((colour, i) => ($"t{i}", colour)));
        return string.Concat(variables.Select(one => $"--{one.Name}:{one.Value};"));
    }
}
