namespace Fer.Pipeline.Reports;

/// <summary>
/// A drawing as SVG that scales by its viewBox. It has a name and a description for those who do not see it, exact values on hover, and
/// the same values as a table. Widths are chosen so that its text is readable on a phone, where the drawing is a little reduced.
/// </summary>
internal abstract class Chart
{
    /// <summary>What the chart shows; the caption over it.</summary>
    internal required string Title { get; init; }

    /// <summary>A sentence on what is to be seen, for those who do not see it.</summary>
    internal required string Description { get; init; }

    /// <summary>In the drawing's own units; 1 is a pixel on a desktop.</summary>
    internal virtual double Width => 400;

    /// <summary>False where there is nothing to draw.</summary>
    internal abstract bool HasData { get; }

    /// <summary>The values behind the drawing.</summary>
    internal abstract Table Values { get; }

    /// <summary>Draws and gives the height used.</summary>
    protected abstract double Draw(Svg svg);

    /// <summary>The chart as an element inside a page that has <see cref="ChartStyle"/>.</summary>
    internal string ToSvg() => Write(standalone: false);

    /// <summary>The chart as a file of its own, for papers and slides.</summary>
    internal string ToSvgFile() => Write(standalone: true);

    private string Write(bool standalone)
    {
        var drawing = new Svg(new Markup());
        double height = 60;
        if (HasData) height = Draw(drawing);
        else drawing.Text(Width / 2, height / 2, "no data", "tick", "middle");

        var page = new Markup();
        page.Open("svg", ("xmlns", standalone ? "http://www.w3.org/2000/svg" : null), ("class", "chart"), ("role", "img"),
            ("viewBox", FormattableString.Invariant($"0 0 {Format.Coordinate(Width)} {Format.Coordinate(height)}")),
            ("width", standalone ? Width : null), ("height", standalone ? height : null), ("aria-label", $"{Title}. {Description}"));
        if (standalone)
        {
            page.Element("title", Title);
            page.Element("style", ChartStyle.Css);
        }
        page.Element("desc", Description);
        page.Raw(drawing.Markup.ToString());
        return page.Close().Line().ToString();
    }
}
