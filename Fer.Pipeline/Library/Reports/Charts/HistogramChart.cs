namespace Fer.Pipeline.Reports;

/// <summary>
/// The distribution of values: the share of each series in bins of equal width. Several series are drawn as overlaid outlines; NaN values
/// are left out.
/// </summary>
public sealed class HistogramChart : Chart
{
    private const double PlotHeight = 200;

    /// <summary>The series.</summary>
    public required IReadOnlyList<HistogramSeries> Series { get; init; }

    /// <summary>What the values are: the label of the axis.</summary>
    public required string XName { get; init; }

    /// <summary>How values are formatted.</summary>
    public ValueFormat Format { get; init; } = ValueFormat.Number;

    /// <summary>Approximate number of bins; their edges are round numbers.</summary>
    public int Bins { get; init; } = 24;

    private IEnumerable<double> Finite => Series.SelectMany(series => series.Values).Where(double.IsFinite);

    /// <inheritdoc/>
    public override bool HasData => Finite.Any();

    /// <inheritdoc/>
    public override Table Values
    {
        get
        {
            if (!HasData) return new([], []);
            var (edges, counts) = Count();
            return new([new(XName, Numeric: false), .. Series.Select(series => new TableColumn(series.Name))],
                [.. Enumerable.Range(0, edges.Values.Count - 1).Select(bin => (IReadOnlyList<string>)[Edges(edges, bin),
                    .. counts.Select(one => $"{Reports.NumberText.Count(one[bin])} ({Reports.NumberText.Percent(Share(one, bin))})")])]);
        }
    }

    private protected override double Draw(Svg svg)
    {
        var (edges, counts) = Count();
        int bins = edges.Values.Count - 1;
        double top = Legend.Draw(
            svg, 0, Width, [.. Series.Select((series, i) => (series.Name, (Action<double, double>)((x, y) => svg.Markup.Empty("path",
            ("d", Svg.Invariant($"M{x},{y}H{x + 16.0}")), ("class", "line " + ChartStyle.SeriesClass(i)),
            ("stroke-dasharray", ChartStyle.Dash(i))))))]);
        double most = counts.SelectMany(one => Enumerable.Range(0, bins).Select(bin => Share(one, bin))).Max();
        var yTicks = Ticks.Over(0, most);
        double left = PlotArea.LabelRoom(yTicks.Values.Select(value => Reports.NumberText.Tick(value, yTicks.Step, ValueFormat.Percent)));
        var plot = new PlotArea(left, top, Width - 14, top + PlotHeight);
        var y = plot.Y(yTicks.Minimum, yTicks.Maximum);
        var x = plot.X(edges.Minimum, edges.Maximum);
        plot.DrawY(svg, yTicks, y, ValueFormat.Percent);
        plot.DrawX(svg, Ticks.Over(edges.Minimum, edges.Maximum, 6), x, Format, XName, Width);
        for (int i = 0; i < Series.Count; i++)
        {
            var path = new System.Text.StringBuilder(Svg.Invariant($"M{x.At(edges.Minimum)},{y.At(0.0)}"));
            for (int bin = 0; bin < bins; bin++)
                path.Append(Svg.Invariant($"V{y.At(Share(counts[i], bin))}H{x.At(edges.Values[bin + 1])}"));
            path.Append(Svg.Invariant($"V{y.At(0.0)}"));
            svg.Markup.Open("g", ("class", ChartStyle.SeriesClass(i)));
            svg.Path(path + "Z", "band");
            svg.Path(path.ToString(), "line", ChartStyle.Dash(i));
            svg.Markup.Close();
        }
        for (int bin = 0; bin < bins; bin++)
        {
            int at = bin;
            double start = x.At(edges.Values[bin]);
            string shares = string.Join(
                "; ", Series.Select(
                    (series, i) =>
                        $"{series.Name} {Reports.NumberText.Percent(Share(counts[i], at))} ({Reports.NumberText.Count(counts[i][at])})"));
            svg.Mark($"{XName} {Edges(edges, bin)}: {shares}", "s6",
                () => svg.Rectangle(start, plot.Top, x.At(edges.Values[at + 1]) - start, plot.Bottom - plot.Top, "hit"));
        }
        return plot.Bottom + PlotArea.TickHeight + PlotArea.LabelHeight;
    }

    private (Ticks Edges, int[][] Counts) Count()
    {
        var edges = Ticks.Over(Finite.Min(), Finite.Max(), Bins);
        int bins = edges.Values.Count - 1;
        return (edges, [.. Series.Select(series =>
        {
            var counts = new int[bins];
            foreach (double value in series.Values)
                if (double.IsFinite(value)) counts[(int)Math.Clamp((Ticks.Bounded(value) - edges.Minimum) / edges.Step, 0, bins - 1)]++;
            return counts;
        })]);
    }

    private string Edges(Ticks edges, int bin) =>
        $"{Reports.NumberText.Tick(edges.Values[bin], edges.Step, Format)} to " +
        $"{Reports.NumberText.Tick(edges.Values[bin + 1], edges.Step, Format)}";

    private static double Share(int[] counts, int bin) => counts.Sum() is var all and > 0 ? (double)counts[bin] / all : 0;
}

/// <summary>The values of one outline.</summary>
/// <param name="Name">The series' name.</param>
/// <param name="Values">The values, in any order.</param>
public sealed record HistogramSeries(string Name, IReadOnlyList<double> Values);
