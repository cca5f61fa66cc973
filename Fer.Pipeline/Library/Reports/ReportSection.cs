namespace Fer.Pipeline.Reports;

/// <summary>The content of a section of a report. Charts and tables without data are left out.</summary>
internal sealed class ReportSection(Markup markup, List<Chart> drawn)
{
    internal void Paragraph(string text, string? style = null) => markup.Element("p", text, ("class", style)).Line();

    /// <summary>Names and values as a two-column table.</summary>
    internal void Facts(string caption, IReadOnlyList<ReportValue> facts) => Table(
        caption, new([new("name", Numeric: false), new("value", Numeric: false, Wraps: true)],
            [.. facts.Select(fact => (IReadOnlyList<string>)[fact.Name, fact.Value])]));

    internal void Heading(string text) => markup.Element("h3", text).Line();

    /// <summary>A command or other text that is shown literally.</summary>
    internal void Code(string text) => markup.Open("pre").Element("code", text).Close().Line();

    /// <summary>The key metrics: a name, a value, and a smaller line under it.</summary>
    internal void Tiles(IReadOnlyList<(string Name, string Value, string? Note)> tiles)
    {
        if (tiles.Count == 0) return;
        markup.Open("dl", ("class", "tiles")).Line();
        foreach (var (name, value, note) in tiles)
        {
            markup.Open("div").Element("dt", name).Open("dd").Text(value);
            if (note is not null) markup.Element("small", note);
            markup.Close().Close().Line();
        }
        markup.Close().Line();
    }

    /// <summary>Charts side by side where there is room, each with its values in a collapsible table.</summary>
    internal void Figures(params IReadOnlyList<Chart> charts)
    {
        if (!charts.Any(chart => chart.HasData)) return;
        markup.Open("div", ("class", "figures")).Line();
        foreach (var chart in charts.Where(chart => chart.HasData))
        {
            bool wide = chart.Width > ChartStyle.ReadingWidth;
            markup.Open("figure", ("class", wide ? "wide" : null), ("data-chart", chart.Kind)).Element("figcaption", chart.Title).Line();
            Draw(chart, wide);
            markup.Open("details").Element("summary", "Values as a table").Line();
            Table(chart.Title + ", values", chart.Values, withHeading: false);
            markup.Close().Close().Line();
        }
        markup.Close().Line();
    }

    /// <summary>A chart that is shown on demand.</summary>
    internal void Folded(string caption, Chart chart)
    {
        if (!chart.HasData) return;
        markup.Open("details", ("class", "folded")).Element("summary", caption).Line();
        Draw(chart, wide: chart.Width > ChartStyle.ReadingWidth);
        markup.Close().Line();
    }

    /// <summary>A wide drawing scrolls in its own box, as a table does.</summary>
    private void Draw(Chart chart, bool wide)
    {
        drawn.Add(chart);
        if (wide) markup.Open("div", ("class", "scroll"), ("role", "region"), ("aria-label", chart.Title), ("tabindex", 0));
        markup.Raw(chart.ToSvg());
        if (wide) markup.Close();
    }

    /// <summary>Tables side by side where there is room.</summary>
    internal void Tables(Action write)
    {
        markup.Open("div", ("class", "tables")).Line();
        write();
        markup.Close().Line();
    }

    /// <summary>A chart with a table next to it, or under it where there is no room.</summary>
    internal void Beside(Chart chart, string caption, Table table)
    {
        markup.Open("div", ("class", "figures")).Line();
        markup.Open("figure").Element("figcaption", chart.Title).Line();
        Draw(chart, wide: false);
        markup.Close().Line();
        Table(caption, table);
        markup.Close().Line();
    }

    /// <summary>A table that scrolls in its own box, reachable by keyboard.</summary>
    /// <param name="caption">What the table holds.</param>
    /// <param name="table">Columns and rows.</param>
    /// <param name="best">The row to highlight, or -1.</param>
    /// <param name="withHeading">False where the text around it already says what the table holds.</param>
    /// <param name="data">Attributes of a row that the report's script reads.</param>
    /// <param name="link">Where the first cell of a row leads, or null for nowhere.</param>
    internal void Table(string caption, Table table, int best = -1, bool withHeading = true, Func<int, string>? link = null,
        Func<int, (string Name, object? Value)[]>? data = null)
    {
        if (table.Rows.Count == 0) return;
        markup.Open("div");
        if (withHeading) Heading(caption);
        markup.Open("div", ("class", "scroll"), ("role", "region"), ("aria-label", caption), ("tabindex", 0));
        markup.Open("table", ("aria-label", caption)).Line().Open("thead").Open("tr");
        foreach (var column in table.Columns) markup.Element("th", column.Name, ("scope", "col"), ("class", Style(column)));
        markup.Close().Close().Line().Open("tbody").Line();
        for (int i = 0; i < table.Rows.Count; i++)
        {
            markup.Open("tr", [("class", i == best ? "best" : null), .. data?.Invoke(i) ?? []]);
            if (link is not null)
                markup.Open("th", ("scope", "row")).Element("a", table.Rows[i][0], ("href", link(i))).Close();
            for (int j = link is null ? 0 : 1; j < table.Columns.Count; j++)
                markup.Element(j == 0 ? "th" : "td", table.Rows[i][j], ("scope", j == 0 ? "row" : null),
                    ("class", Style(table.Columns[j])));
            markup.Close().Line();
        }
        markup.Close().Close().Close().Close().Line();
    }

    private static string? Style(TableColumn column) => column.Numeric ? "n" : column.Wraps ? "w" : null;
}
