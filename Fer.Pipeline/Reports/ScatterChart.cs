namespace Fer.Pipeline.Reports;

/// <summary>Points in groups that differ by colour and shape. A point that lacks a coordinate is left out.</summary>
internal sealed class ScatterChart : Chart
{
    private const double PlotHeight = 230;

    internal required IReadOnlyList<ScatterSeries> Series { get; init; }

    internal required string XName { get; init; }

    internal required string YName { get; init; }

    internal ValueFormat XFormat { get; init; } = ValueFormat.Number;

    internal ValueFormat YFormat { get; init; } = ValueFormat.Number;

    private IEnumerable<ScatterPoint> Finite => Series.SelectMany(series => series.Points).Where(point => point.IsFinite);

    internal override bool HasData => Finite.Any();

    internal override Table Values => new(
        [new("point", Numeric: false), new(XName), new(YName)],
        [.. Series.SelectMany(series => series.Points.Where(point => point.IsFinite).Select(point =>
            (IReadOnlyList<string>)[$"{point.Name} ({series.Name})", Format.Value(point.X, XFormat), Format.Value(point.Y, YFormat)]))]);

    protected override double Draw(Svg svg)
    {
        var shown = Series.Select((series, i) => (series, i)).Where(one => one.series.Points.Any(point => point.IsFinite)).ToArray();
        double top = Legend.Draw(svg, 0, Width, [.. shown.Select(one => (one.series.Name, (Action<double, double>)((x, y) =>
        {
            svg.Markup.Open("g", ("class", ChartStyle.SeriesClass(one.i)));
            svg.Point(one.series.Shape, x + 8, y, 4.5);
            svg.Markup.Close();
        })))]);
        svg.Text(0, top + 6, YName, "tick");
        top += 22;
        var yTicks = Ticks.Over(Finite.Min(point => point.Y), Finite.Max(point => point.Y));
        var xTicks = Ticks.Over(0, Math.Max(Finite.Max(point => point.X), 1e-3));
        double left = PlotArea.LabelRoom(yTicks.Values.Select(value => Format.Tick(value, yTicks.Step, YFormat)));
        var plot = new PlotArea(left, top, Width - 16, top + PlotHeight);
        var y = plot.Y(yTicks.Minimum, yTicks.Maximum);
        var x = plot.X(xTicks.Minimum, xTicks.Maximum);
        plot.DrawY(svg, yTicks, y, YFormat);
        plot.DrawX(svg, xTicks, x, XFormat, XName, Width);
        foreach (var (series, i) in shown)
            foreach (var point in series.Points.Where(point => point.IsFinite)) DrawPoint(svg, series, i, point, x.At(point.X), y.At(point.Y), plot);
        return plot.Bottom + PlotArea.TickHeight + PlotArea.LabelHeight;
    }

    private void DrawPoint(Svg svg, ScatterSeries series, int index, ScatterPoint point, double x, double y, PlotArea plot)
    {
        string title = $"{point.Name} ({series.Name}): {Format.Value(point.Y, YFormat)} {YName}, {Format.Value(point.X, XFormat)} {XName}";
        svg.Mark(title, ChartStyle.SeriesClass(index), () =>
        {
            svg.Circle(x, y, 9, "hit");
            svg.Point(series.Shape, x, y, 4.5);
            if (!series.Named) return;
            // The name stands on the side that has room.
            bool before = x + 10 + TextWidth.Of(point.Name, ChartStyle.SmallFontSize) > plot.Right;
            svg.Text(before ? x - 10 : x + 10, y, point.Name, "halo", before ? "end" : null);
        });
    }
}

/// <summary>A group of points.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Shape">How its points are drawn.</param>
/// <param name="Points">The points.</param>
/// <param name="Named">Whether each point's name is written beside it.</param>
internal sealed record ScatterSeries(string Name, PointShape Shape, IReadOnlyList<ScatterPoint> Points, bool Named = false);

/// <summary>A named point.</summary>
internal sealed record ScatterPoint(string Name, double X, double Y)
{
    internal bool IsFinite => double.IsFinite(X) && double.IsFinite(Y);
}
