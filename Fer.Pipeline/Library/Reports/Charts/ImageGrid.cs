using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Reports;

/// <summary>
/// Pictures in rows, each with a caption of a line or two and, optionally, bars of its class probabilities and a map of what mattered in
/// it.
/// </summary>
public sealed class ImageGrid : Chart
{
    private const double Side = 72, Gap = 12, BarRoom = 98, LineHeight = 15;

    /// <summary>The pictures, row after row.</summary>
    public required IReadOnlyList<ImageGridItem> Items { get; init; }

    /// <summary>Pictures per row.</summary>
    public int Columns { get; init; } = 4;

    /// <inheritdoc/>
    public override double Width => Math.Max(Columns, 1) * CellWidth;

    /// <inheritdoc/>
    public override bool HasData => Items.Count > 0;

    /// <inheritdoc/>
    public override Table Values
    {
        get
        {
            string[] names = [.. Items.SelectMany(item => item.Bars).Select(bar => bar.Name).Distinct()];
            return new(
                [new("picture", Numeric: false), .. HasNotes ? [new TableColumn("remark", Numeric: false)] : Array.Empty<TableColumn>(),
                    .. names.Select(name => new TableColumn(name))],
                [.. Items.Select(item => (IReadOnlyList<string>)[item.Shown, .. HasNotes ? [item.Note ?? ""] : Array.Empty<string>(),
                    .. names.Select(name => item.Bars.Where(bar => bar.Name == name).Select(bar => NumberText.Percent(bar.Value))
                        .FirstOrDefault(NumberText.None))])]);
        }
    }

    private bool HasNotes => Items.Any(item => item.Note is not null);

    private bool HasBars => Items.Any(item => item.Bars.Count > 0);

    private double CellWidth => HasBars ? Side + BarRoom + Gap : Side + 40;

    private protected override double Draw(Svg svg)
    {
        double height = Side + LineHeight * (HasNotes ? 2 : 1) + Gap + 4;
        for (int i = 0; i < Items.Count; i++) DrawItem(svg, Items[i], i % Columns * CellWidth, i / Columns * height);
        return (Items.Count + Columns - 1) / Columns * height;
    }

    private void DrawItem(Svg svg, ImageGridItem item, double left, double top)
    {
        double x = HasBars ? left + 2 : left + (CellWidth - Side) / 2, y = top + 2, middle = x + Side / 2, room = CellWidth - 6;
        string? wrong = item.IsRight == false ? "off" : null;
        string bars = string.Join(", ", item.Bars.Select(bar => $"{bar.Name} {NumberText.Percent(bar.Value)}"));
        svg.Mark(string.Join(". ", new[] { item.Shown, item.Note, bars }.Where(text => !string.IsNullOrEmpty(text))), wrong, DrawAll,
            ("data-cell", item.Cell));

        void DrawAll()
        {
            svg.Image(x, y, Side, item.Image);
            if (item.Heat is not null) DrawHeat(svg, item.Heat, x, y);
            svg.Rectangle(x, y, Side, Side, wrong is null ? "frame" : "frame off");
            if (HasBars) svg.Text(x, y + Side + 10, TextWidth.Fit(item.Shown, ChartStyle.SmallFontSize, room), "share");
            else svg.Text(middle, y + Side + 10, TextWidth.Fit(item.Shown, ChartStyle.SmallFontSize, room), "share", "middle");
            if (item.Note is not null)
                svg.Text(HasBars ? x : middle, y + Side + 10 + LineHeight, TextWidth.Fit(item.Note, ChartStyle.SmallFontSize, room), "tick",
                    HasBars ? null : "middle");
            if (item.Bars.Count > 0) DrawBars(svg, item, x + Side + 4, y);
        }
    }

    private static void DrawBars(Svg svg, ImageGridItem item, double left, double top)
    {
        double pitch = Side / item.Bars.Count, names = 48, most = BarRoom - names - 8;
        for (int k = 0; k < item.Bars.Count; k++)
        {
            var (name, value) = item.Bars[k];
            double y = top + k * pitch;
            svg.Text(left + names - 4, y + pitch / 2, TextWidth.Fit(name, 9, names - 2), "tick tiny", "end");
            svg.Rectangle(left + names, y + 1, Math.Clamp(double.IsFinite(value) ? value : 0, 0, 1) * most, Math.Max(pitch - 2, 1),
                item.IsRight == false ? "bar s1" : "plain");
        }
        svg.Line(left + names, top, left + names, top + Side, "axis");
    }

    /// <summary>Overlays the map: the more a region mattered, the stronger the colour. Regions that hardly mattered stay clear.</summary>
    private static void DrawHeat(Svg svg, ExplanationMap heat, double x, double y)
    {
        double cell = Side / heat.Side;
        for (int row = 0; row < heat.Side; row++)
            for (int column = 0; column < heat.Side; column++)
            {
                double value = heat.Values[row * heat.Side + column];
                if (!(value >= 0.12)) continue;
                svg.Markup.Empty("rect", ("x", x + column * cell), ("y", y + row * cell), ("width", cell), ("height", cell),
                    ("class", "glow"), ("fill-opacity", Math.Round(Math.Min(value, 1) * 0.62, 2)));
            }
    }
}

/// <summary>One picture of a grid.</summary>
/// <param name="Image">The picture; shown square.</param>
/// <param name="Caption">The line under it.</param>
public sealed record ImageGridItem(GrayImage Image, string Caption)
{
    /// <summary>A second line.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// Whether the prediction is correct (drawn in black) or wrong (in blue with a cross); null if there is none to judge.
    /// </summary>
    public bool? IsRight { get; init; }

    /// <summary>Shares 0 … 1 by name, drawn next to the picture.</summary>
    public IReadOnlyList<(string Name, double Value)> Bars { get; init; } = [];

    /// <summary>A map drawn over the picture.</summary>
    public ExplanationMap? Heat { get; init; }

    /// <summary>The cell of the confusion matrix that it is of, for the report's script.</summary>
    internal string? Cell { get; init; }

    internal string Shown => IsRight is bool right ? $"{(right ? "✓" : "✗")} {Caption}" : Caption;
}
