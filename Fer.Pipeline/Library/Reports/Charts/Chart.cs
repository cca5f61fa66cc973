namespace Fer.Pipeline.Reports;

/// <summary>
/// A drawing as SVG that scales by its viewBox. It has a title and a description for screen readers, exact values on hover, and the same
/// values as a table. Widths are chosen so that the text stays readable on a phone, where the drawing is shrunk a little.
/// </summary>
public abstract class Chart
{
    /// <summary>What the chart shows: its caption.</summary>
    public required string Title { get; init; }

    /// <summary>One sentence for screen readers on what can be seen.</summary>
    public required string Description { get; init; }

    /// <summary>Width in the drawing's own units; 1 is a pixel on a desktop.</summary>
    public virtual double Width => 400;

    /// <summary>False if there is nothing to draw.</summary>
    public abstract bool HasData { get; }

    /// <summary>The values behind the drawing, as a table.</summary>
    public abstract Table Values { get; }

    /// <summary>What the report's script knows the chart by, where it adds to it.</summary>
    internal virtual string? Kind => null;

    /// <summary>Draws the chart and returns the height used.</summary>
    private protected abstract double Draw(Svg svg);

    /// <summary>The chart as an element for a page that includes <see cref="ChartStyle"/>.</summary>
    public string ToSvg() => Write(standalone: false);

    /// <summary>The chart as a standalone file, for papers and slides.</summary>
    public string ToSvgFile() => Write(standalone: true);

    /// <summary>Writes the chart as an SVG file.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, ToSvgFile());

    private string Write(bool standalone)
    {
        var drawing = new Svg(new Markup());
        double height = 60;
        if (HasData) height = Draw(drawing);
        else drawing.Text(Width / 2, height / 2, "no data", "tick", "middle");

        // A standalone file needs a title, a margin and a background of its own: the page behind it may be as dark as its text.
        const double margin = 12, title = 24;
        double fullWidth = standalone ? Width + 2 * margin : Width, fullHeight = standalone ? height + 2 * margin + title : height;
        var page = new Markup();
        page.Open("svg", ("xmlns", standalone ? "http://www.w3.org/2000/svg" : null),
            ("class", Width > ChartStyle.ReadingWidth ? "chart wide" : "chart"), ("role", "img"),
            ("style", !standalone && Width > ChartStyle.ReadingWidth ? $"max-width:{NumberText.Coordinate(1.25 * Width)}px" : null),
            ("viewBox", FormattableString.Invariant($"0 0 {NumberText.Coordinate(fullWidth)} {NumberText.Coordinate(fullHeight)}")),
            ("width", standalone ? fullWidth : null), ("height", standalone ? fullHeight : null),
            ("aria-label", $"{Title}. {Description}"));
        if (standalone)
        {
            page.Element("title", Title);
            page.Element("style", ChartStyle.FileCss);
        }
        page.Element("desc", Description);
        if (standalone)
        {
            page.Empty("rect", ("x", 0), ("y", 0), ("width", fullWidth), ("height", fullHeight), ("class", "ground"));
            page.Element("text", TextWidth.Fit(Title, ChartStyle.FontSize * 1.08, Width), ("x", margin), ("y", margin + 12),
                ("class", "title"));
            page.Open("g", ("transform", FormattableString.Invariant($"translate({margin},{margin + title})")));
        }
        page.Raw(drawing.Markup.ToString());
        if (standalone) page.Close();
        return page.Close().Line().ToString();
    }
}
