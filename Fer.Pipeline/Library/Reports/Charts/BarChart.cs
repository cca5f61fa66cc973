using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>
/// Horizontal bars, so that long names need no rotation. One series draws plain bars, several draw groups. A NaN value has no bar and shows
/// a dash; the part of a value below 0 is not drawn.
/// </summary>
public sealed class BarChart : Chart
{
    private double MostLabelRoom => 0.46 * Width;

    /// <summary>The category names, at the left.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The series, each with one value per category.</summary>
    public required IReadOnlyList<BarSeries> Series { get; init; }

    /// <summary>How values are formatted.</summary>
    public ValueFormat Format { get; init; } = ValueFormat.Number;

    /// <summary>What the categories are: the header of the table's first column.</summary>
    public string CategoryName { get; init; } = "class";

    /// <summary>The label of the axis.</summary>
    public string? ValueName { get; init; }

    /// <inheritdoc/>
    public override bool HasData => Categories.Count > 0 && Series.Any(series => series.Values.Any(double.IsFinite));

    /// <inheritdoc/>
    public override Table Values => new(
        [new(CategoryName, Numeric: false), .. Series.Select(series => new TableColumn(series.Name))],
        [.. Categories.Select(
            (name, i) => (IReadOnlyList<string>)[name, .. Series.Select(series => series.Label(i, Format, withInterval: true))])]);

    private protected override double Draw(Svg svg)
    {
        double thickness = Series.Count == 1 ? 18 : 15, gap = Series.Count == 1 ? 8 : 12;
        double top = Legend.Draw(svg, 0, Width, [.. Series.Select((series, i) => (series.Name,
            (Action<double, double>)((x, y) => svg.Rectangle(x, y - 6, 14, 12, "bar " + ChartStyle.SeriesClass(i), 2))))]);
        double left = Math.Min(MostLabelRoom, PlotArea.LabelRoom(Categories, ChartStyle.FontSize));
        double room = Series.Max(
            series => series.Values.Select((_, i) => TextWidth.Of(series.Label(i, Format), ChartStyle.SmallFontSize)).Max()) + 8;
        double greatest = Series.Max(series => series.Values.Select((_, i) => series.Reach(i)).Max());
        double group = thickness * Series.Count + gap;
        var plot = new PlotArea(left, top, Math.Max(Width - room, left + 60), top + group * Categories.Count);
        var ticks = Ticks.Over(0, greatest > 0 ? greatest : 1, Math.Clamp((int)((plot.Right - plot.Left) / 60), 2, 5),
            whole: Format == ValueFormat.Count);
        // The longest bar may end before the last tick; its label then uses what is left.
        var x = plot.X(0, greatest > 0 ? greatest : 1);
        plot.DrawX(svg, ticks, x, Format, ValueName, Width, grid: true);
        for (int category = 0; category < Categories.Count; category++)
        {
            double y = top + category * group + gap / 2;
            string name = Categories[category];
            svg.Text(left - 8, y + thickness * Series.Count / 2, TextWidth.Fit(name, ChartStyle.FontSize, left - 8), null, "end");
            for (int i = 0; i < Series.Count; i++) DrawBar(svg, x, name, category, i, y + i * thickness, thickness);
        }
        svg.Line(left, plot.Top, left, plot.Bottom, "axis");
        return plot.Bottom + PlotArea.TickHeight + (ValueName is null ? 0 : PlotArea.LabelHeight);
    }

    private void DrawBar(Svg svg, LinearScale x, string name, int category, int index, double y, double thickness)
    {
        var series = Series[index];
        double value = series.Values[category], middle = y + thickness / 2;
        svg.Mark($"{name}, {series.Name}: {series.Label(category, Format, withInterval: true)}", ChartStyle.SeriesClass(index), () =>
        {
            double end = x.Start;
            if (double.IsFinite(value) && value > 0)
            {
                svg.Rectangle(x.Start, y + 1, x.At(value) - x.Start, thickness - 2, "bar", 2);
                end = x.At(value);
            }
            if (double.IsFinite(value) && series.Intervals?[category] is ConfidenceInterval interval)
            {
                double low = x.At(interval.Lower), high = x.At(interval.Upper);
                svg.Path(Svg.Invariant($"M{low},{middle}H{high}M{low},{middle - 3}V{middle + 3}M{high},{middle - 3}V{middle + 3}"),
                    "whisker");
                end = Math.Max(end, high);
            }
            svg.Text(end + 5, middle, series.Label(category, Format), "tick halo");
        });
    }
}

/// <summary>The bars of one colour.</summary>
/// <param name="Name">The series' name.</param>
/// <param name="Values">One per category.</param>
public sealed record BarSeries(string Name, IReadOnlyList<double> Values)
{
    /// <summary>The 95 % interval of each value, drawn as a whisker.</summary>
    public IReadOnlyList<ConfidenceInterval>? Intervals { get; init; }

    /// <summary>The labels to write at the end of the bars in place of the values.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    internal string Label(int index, ValueFormat format, bool withInterval = false)
    {
        string label = Labels?[index] ?? Reports.NumberText.Value(Values[index], format);
        return withInterval && Intervals is not null && double.IsFinite(Values[index])
            ? $"{label} ({Reports.NumberText.Range(Intervals[index].Lower, Intervals[index].Upper, format)})" : label;
    }

    /// <summary>Where the bar or its whisker ends.</summary>
    internal double Reach(int index) =>
        !double.IsFinite(Values[index]) ? 0 : Math.Max(Values[index], Intervals is null ? 0 : Intervals[index].Upper);
}
