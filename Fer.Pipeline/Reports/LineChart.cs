using System.Globalization;
using System.Text;

namespace Fer.Pipeline.Reports;

/// <summary>Lines over whole numbers such as epochs. A value that is not a number breaks its line.</summary>
internal sealed class LineChart : Chart
{
    private const double PlotHeight = 220;
    // Dots show single epochs while they stay apart; past this many they would merge into a band.
    private const int MostDots = 45;

    internal required IReadOnlyList<LineSeries> Series { get; init; }

    internal required string XName { get; init; }

    internal ValueFormat Format { get; init; } = ValueFormat.Number;

    /// <summary>The x to mark as the one kept, if any.</summary>
    internal int? Best { get; init; }

    private IEnumerable<(int X, double Y)> Finite => Series.SelectMany(series => series.Points).Where(point => double.IsFinite(point.Y));

    internal override bool HasData => Finite.Any();

    internal override Table Values
    {
        get
        {
            var lookup = Series.Select(series => series.Points.GroupBy(point => point.X).ToDictionary(at => at.Key, at => at.Last().Y)).ToArray();
            var xs = Series.SelectMany(series => series.Points).Select(point => point.X).Distinct().Order();
            return new(
                [new(XName, Numeric: false), .. Series.Select(series => new TableColumn(series.Name))],
                [.. xs.Select(x => (IReadOnlyList<string>)[x.ToString(CultureInfo.InvariantCulture) + (x == Best ? " (best)" : ""),
                    .. lookup.Select(one => Reports.Format.Value(one.GetValueOrDefault(x, double.NaN), Format))])]);
        }
    }

    protected override double Draw(Svg svg)
    {
        var entries = Series.Select((series, i) => (series.Name, (Action<double, double>)((x, y) => svg.Markup.Empty("path",
            ("d", Svg.Invariant($"M{x},{y}H{x + 16.0}")), ("class", "line " + ChartStyle.SeriesClass(i)), ("stroke-dasharray", ChartStyle.Dash(i)))))).ToList();
        var (from, to) = (Finite.Min(point => point.X), Finite.Max(point => point.X));
        bool marked = Best >= from && Best <= to;
        if (marked) entries.Add(($"best {XName} {Best!.Value.ToString(CultureInfo.InvariantCulture)}", (x, y) => svg.Line(x, y, x + 16, y, "guide")));
        double top = Legend.Draw(svg, 0, Width, entries);

        var yTicks = Ticks.Over(Finite.Min(point => point.Y), Finite.Max(point => point.Y));
        var xTicks = Ticks.Over(from, to, 6, whole: true);
        double left = PlotArea.LabelRoom(yTicks.Values.Select(value => Reports.Format.Tick(value, yTicks.Step, Format)));
        var plot = new PlotArea(left, top, Width - 12, top + PlotHeight);
        var y = plot.Y(yTicks.Minimum, yTicks.Maximum);
        var x = from == to ? plot.X(xTicks.Minimum, xTicks.Maximum) : plot.X(from, to);
        plot.DrawY(svg, yTicks, y, Format);
        plot.DrawX(svg, xTicks, x, ValueFormat.Count, XName, Width);
        if (marked) svg.Line(x.At(Best!.Value), plot.Top, x.At(Best.Value), plot.Bottom, "guide");
        for (int i = 0; i < Series.Count; i++) DrawSeries(svg, Series[i], i, x, y);
        return plot.Bottom + PlotArea.TickHeight + PlotArea.LabelHeight;
    }

    private void DrawSeries(Svg svg, LineSeries series, int index, LinearScale x, LinearScale y)
    {
        svg.Markup.Open("g", ("class", ChartStyle.SeriesClass(index)));
        var path = new StringBuilder();
        bool down = false;
        foreach (var (at, value) in series.Points)
        {
            if (double.IsFinite(value)) path.Append(down ? Svg.Invariant($"L{x.At(at)},{y.At(value)}") : Svg.Invariant($"M{x.At(at)},{y.At(value)}"));
            down = double.IsFinite(value);
        }
        if (path.Length > 0) svg.Path(path.ToString(), "line", ChartStyle.Dash(index));
        foreach (var (at, value) in series.Points.Where(point => double.IsFinite(point.Y)))
            svg.Mark($"{series.Name}, {XName} {at.ToString(CultureInfo.InvariantCulture)}: {Reports.Format.Value(value, Format)}", null, () =>
            {
                if (series.Points.Count <= MostDots) svg.Circle(x.At(at), y.At(value), at == Best ? 4 : 2.2, "dot");
                svg.Circle(x.At(at), y.At(value), 7, "hit");
            });
        svg.Markup.Close();
    }
}

/// <summary>One line: its name, and its points in the order of x.</summary>
internal sealed record LineSeries(string Name, IReadOnlyList<(int X, double Y)> Points);
