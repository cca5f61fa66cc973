namespace Fer.Pipeline.Reports;

/// <summary>Points in groups that differ by colour and shape. A point with a NaN coordinate is left out.</summary>
public sealed class ScatterChart : Chart
{
    private const double PlotHeight = 230;

    /// <summary>The groups of points.</summary>
    public required IReadOnlyList<ScatterSeries> Series { get; init; }

    /// <summary>The label of the x axis.</summary>
    public required string XName { get; init; }

    /// <summary>The label of the y axis.</summary>
    public required string YName { get; init; }

    /// <summary>How x is formatted.</summary>
    public ValueFormat XFormat { get; init; } = ValueFormat.Number;

    /// <summary>How y is formatted.</summary>
    public ValueFormat YFormat { get; init; } = ValueFormat.Number;

    /// <summary>
    /// Whether to draw the Pareto front: the points that no other point beats in both x and y, higher being better in both.
    /// </summary>
    public bool ShowFront { get; init; }

    /// <summary>The points of the Pareto front, from the highest y to the highest x.</summary>
    public IReadOnlyList<ScatterPoint> Front
    {
        get
        {
            var front = new List<ScatterPoint>();
            foreach (var point in Finite.OrderByDescending(point => point.Y).ThenByDescending(point => point.X))
                if (front.Count == 0 || point.X > front[^1].X) front.Add(point);
            return front;
        }
    }

    private IEnumerable<ScatterPoint> Finite => Series.SelectMany(series => series.Points).Where(point => point.IsFinite);

    /// <inheritdoc/>
    public override bool HasData => Finite.Any();

    /// <inheritdoc/>
    public override Table Values => new(
        [new("point", Numeric: false), new(XName), new(YName)],
        [.. Series.SelectMany(series => series.Points.Where(point => point.IsFinite).Select(point =>
            (IReadOnlyList<string>)[$"{point.Name} ({series.Name})", NumberText.Value(point.X, XFormat),
                NumberText.Value(point.Y, YFormat)]))]);

    private protected override double Draw(Svg svg)
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
        double left = PlotArea.LabelRoom(yTicks.Values.Select(value => NumberText.Tick(value, yTicks.Step, YFormat)));
        var plot = new PlotArea(left, top, Width - 16, top + PlotHeight);
        var y = plot.Y(yTicks.Minimum, yTicks.Maximum);
        var x = plot.X(xTicks.Minimum, xTicks.Maximum);
        plot.DrawY(svg, yTicks, y, YFormat);
        plot.DrawX(svg, xTicks, x, XFormat, XName, Width);
        if (ShowFront) DrawFront(svg, x, y);
        foreach (var (series, i) in shown)
            foreach (var point in series.Points.Where(point => point.IsFinite))
                DrawPoint(svg, series, i, point, x.At(point.X), y.At(point.Y), plot);
        return plot.Bottom + PlotArea.TickHeight + PlotArea.LabelHeight;
    }

    /// <summary>Steps from point to point: what lies below and to the left of them is dominated.</summary>
    private void DrawFront(Svg svg, LinearScale x, LinearScale y)
    {
        var front = Front;
        var path = new System.Text.StringBuilder(Svg.Invariant($"M{x.At(front[0].X)},{y.At(front[0].Y)}"));
        foreach (var point in front.Skip(1)) path.Append(Svg.Invariant($"V{y.At(point.Y)}H{x.At(point.X)}"));
        svg.Path(path.ToString(), "guide");
    }

    private void DrawPoint(Svg svg, ScatterSeries series, int index, ScatterPoint point, double x, double y, PlotArea plot)
    {
        string title =
            $"{point.Name} ({series.Name}): {NumberText.Value(point.Y, YFormat)} {YName}, {NumberText.Value(point.X, XFormat)} {XName}";
        svg.Mark(title, ChartStyle.SeriesClass(index), () =>
        {
            svg.Circle(x, y, 9, "hit");
            svg.Point(series.Shape, x, y, 4.5);
            if (!series.Named) return;
            // The name goes on the side that has room.
            bool before = x + 10 + TextWidth.Of(point.Name, ChartStyle.SmallFontSize) > plot.Right;
            svg.Text(before ? x - 10 : x + 10, y, point.Name, "halo", before ? "end" : null);
        }, ("data-trial", point.Trial));
    }
}

/// <summary>A group of points.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Shape">How its points are drawn.</param>
/// <param name="Points">The points.</param>
/// <param name="Named">Whether each point's name is written beside it.</param>
public sealed record ScatterSeries(string Name, PointShape Shape, IReadOnlyList<ScatterPoint> Points, bool Named = false);

/// <summary>A named point.</summary>
/// <param name="Name">The name.</param>
/// <param name="X">Its x coordinate.</param>
/// <param name="Y">Its y coordinate.</param>
public sealed record ScatterPoint(string Name, double X, double Y)
{
    /// <summary>The number of the trial that it is, for the report's script.</summary>
    internal int? Trial { get; init; }

    internal bool IsFinite => double.IsFinite(X) && double.IsFinite(Y);
}
