namespace Fer.Pipeline.Reports;

/// <summary>The style sheet shared by all charts: colours by role and by series number.</summary>
internal static class ChartStyle
{
    internal const double FontSize = 13;
    internal const double SmallFontSize = 12;

    /// <summary>The widest drawing whose text is still readable when it is scaled to fit a phone.</summary>
    internal const double ReadingWidth = 560;

    /// <summary>Dark mode applies to screens only, so that print is always dark on white.</summary>
    internal static string Css { get; } = Colours(":root") + Rules;

    /// <summary>
    /// The same for a standalone file: the colours are scoped to the drawing, so that a page that inlines it keeps its own.
    /// </summary>
    internal static string FileCss => Colours("svg.chart") + Rules;

    private static string Colours(string where) =>
        $"{where}{{color-scheme:light dark;{Palette.Light.ToCss()}}}\n@media screen and " +
        $"(prefers-color-scheme:dark){{{where}{{{Palette.Dark.ToCss()}}}}}\n";

    private static string Rules => $$$"""
        .chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:13px;
        font-variant-numeric:tabular-nums}
        .chart text{fill:var(--ink)}
        .chart .tick{fill:var(--soft);font-size:12px}
        .chart .grid{stroke:var(--grid);stroke-width:1;fill:none}
        .chart .axis{stroke:var(--soft);stroke-width:1;fill:none}
        .chart .guide{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:5 4;fill:none}
        .chart .under{stroke:var(--card);stroke-width:4;stroke-opacity:.7;fill:none}
        .chart .bar,.chart .dot{fill:var(--c)}
        .chart .ground{fill:var(--card)}
        .chart .title{font-weight:700}
        .chart .pale{fill-opacity:.65}
        .chart .band{fill:var(--c);fill-opacity:.16}
        .chart .plain{fill:var(--ink)}
        .chart .frame{fill:none;stroke:var(--line);stroke-width:1}
        .chart .frame.off{stroke:var(--s1);stroke-width:2.5}
        .chart .off text,.chart text.off{fill:var(--s1);font-weight:600}
        .chart .tick.tiny,.chart .off .tick.tiny{font-size:9px;font-weight:400;fill:var(--soft)}
        .chart .glow{fill:var(--glow)}
        .chart .mark:hover .line{stroke-width:4;stroke-opacity:1}
        .chart .line{stroke:var(--c);stroke-width:2;fill:none;stroke-linejoin:round;stroke-linecap:round}
        .chart .hollow{stroke:var(--c);stroke-width:2;fill:var(--card)}
        .chart .stroke{stroke:var(--c);stroke-width:2.2;fill:none;stroke-linecap:round}
        .chart .whisker{stroke:var(--ink);stroke-width:1.2;fill:none}
        .chart .hit{fill:var(--c);fill-opacity:0}
        .chart .mark:hover .hit{fill-opacity:.25}
        .chart .mark:hover .bar{fill-opacity:.75}
        .chart .mark:hover .cell{stroke:var(--ink);stroke-width:2}
        .chart .cell{stroke:var(--card);stroke-width:1.5}
        .chart .share{font-size:12px}
        .chart .halo{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
        {{{string.Concat(Enumerable.Range(1, Palette.Light.Series.Count).Select(i => $".s{i}{{--c:var(--s{i})}}"))}}}
        {{{string.Concat(Enumerable.Range(0, Palette.Light.Heat.Count).Select(HeatRule))}}}
        @media (forced-colors:active){.chart .bar,.chart .cell{stroke:CanvasText;forced-color-adjust:none}}

        """.ReplaceLineEndings("\n");

    /// <summary>The CSS class with the colour of a series; colours repeat after the last.</summary>
    internal static string SeriesClass(int index) =>
        "s" + (index % Palette.Light.Series.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// The dash pattern of a series' line. The first two colours differ enough in lightness; the others also differ by dash, as do those
    /// that repeat.
    /// </summary>
    internal static string? Dash(int index) =>
        (index % 8) switch { 2 => "6 4", 3 => "2 4", 4 => "9 3 2 3", 5 => "4 2", 6 => "1 4", 7 => "14 4", _ => null };

    /// <summary>The colours of a cell of the heat map and of its text, by the palette's step.</summary>
    private static string HeatRule(int step) =>
        $".chart .h{step} .cell{{fill:var(--h{step})}}.chart .h{step} text{{fill:var(--t{step})}}";
}
