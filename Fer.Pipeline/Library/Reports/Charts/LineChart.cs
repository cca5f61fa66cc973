using System.Globalization;
using System.Text;
using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>Lines over whole numbers such as epochs. A NaN value interrupts its line.</summary>
public sealed class LineChart : Chart
{
    private const double PlotHeight = 220;
    // Dots mark the epochs while there is room; past this many they would merge into a band.
    private const int MostDots = 45;

    /// <summary>The lines.</summary>
    public required IReadOnlyList<LineSeries> Series { get; init; }

    /// <summary>What x counts, such as <c>epoch</c>.</summary>
    public required string XName { get; init; }

    /// <summary>How values are formatted.</summary>
    public ValueFormat Format { get; init; } = ValueFormat.Number;

    /// <summary>The x of the point to mark as the best, if any.</summary>
    public int? Best { get; init; }

    /// <summary>What the report's script knows the chart by.</summary>
    internal string? Name { get; init; }

    internal override string? Kind => Name;

    private IEnumerable<(int X, double Y)> Finite => Series.SelectMany(series => series.Points).Where(point => double.IsFinite(point.Y));

    /// <inheritdoc/>
    public override bool HasData => Finite.Any();

    /// <inheritdoc/>
    public override Table Values
    {
        get
        {
            var lookup = Series.Select(
                series => series.Points.Select((point, i) => (point.X, Text: series.Text(i, Format))).GroupBy(point => point.X)
                .ToDictionary(at => at.Key, at => at.Last().Text)).ToArray();
            var xs = Series.SelectMany(series => series.Points).Select(point => point.X).Distinct().Order();
            return new(
                [new(XName, Numeric: false), .. Series.Select(series => new TableColumn(series.Name))],
                [.. xs.Select(x => (IReadOnlyList<string>)[x.ToString(CultureInfo.InvariantCulture) + (x == Best ? " (best)" : ""),
                    .. lookup.Select(one => one.GetValueOrDefault(x, Reports.NumberText.None))])]);
        }
    }

    private protected override double Draw(Svg svg)
    {
        var entries = Series.Select((series, i) => (series.Name, (Action<double, double>)((x, y) => svg.Markup.Empty("path",
            ("d", Svg.Invariant($"M{x},{y}H{x + 16.0}")), ("class", "line " + ChartStyle.SeriesClass(i)),
            ("stroke-dasharray", ChartStyle.Dash(i)))))).ToList();
        var (from, to) = (Finite.Min(point => point.X), Finite.Max(point => point.X));
        bool marked = Best >= from && Best <= to;
        if (marked)
            entries.Add(
                ($"best {XName} {Best!.Value.ToString(CultureInfo.InvariantCulture)}", (x, y) => svg.Line(x, y, x + 16, y, "guide")));
        double top = Legend.Draw(svg, 0, Width, entries);

        var yTicks = Ticks.Over(Series.SelectMany(series => series.Reach).Min(), Series.SelectMany(series => series.Reach).Max());
        var xTicks = Ticks.Over(from, to, 6, whole: true);
        double left = PlotArea.LabelRoom(yTicks.Values.Select(value => Reports.NumberText.Tick(value, yTicks.Step, Format)));
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
        if (series.Band is not null) svg.Path(Band(series, x, y), "band");
        var path = new StringBuilder();
        bool down = false;
        foreach (var (at, value) in series.Points)
        {
            if (double.IsFinite(value))
                path.Append(down ? Svg.Invariant($"L{x.At(at)},{y.At(value)}") : Svg.Invariant($"M{x.At(at)},{y.At(value)}"));
            down = double.IsFinite(value);
        }
        if (path.Length > 0) svg.Path(path.ToString(), "line", ChartStyle.Dash(index));
        for (int i = 0; i < series.Points.Count; i++)
        {
            var (at, value) = series.Points[i];
            if (!double.IsFinite(value)) continue;
            svg.Mark($"{series.Name}, {XName} {at.ToString(CultureInfo.InvariantCulture)}: {series.Text(i, Format)}", null, () =>
            {
                if (series.Points.Count <= MostDots) svg.Circle(x.At(at), y.At(value), at == Best ? 4 : 2.2, "dot");
                svg.Circle(x.At(at), y.At(value), 7, "hit");
            });
        }
        svg.Markup.Close();
    }

    private static string Band(LineSeries series, LinearScale x, LinearScale y)
    {
        var path = new StringBuilder();
        int from = 0;
        while (from < series.Points.Count)
        {
            int to = from;
            while (to < series.Points.Count && double.IsFinite(series.Band![to].Lower) && double.IsFinite(series.Band[to].Upper)) to++;
            for (int i = from; i < to; i++)
                path.Append(i == from ? 'M' : 'L').Append(Svg.Invariant($"{x.At(series.Points[i].X)},{y.At(series.Band![i].Upper)}"));
            for (int i = to - 1; i >= from; i--)
                path.Append('L').Append(Svg.Invariant($"{x.At(series.Points[i].X)},{y.At(series.Band![i].Lower)}"));
            if (to > from) path.Append('Z');
            from = to + 1;
        }
        return path.ToString();
    }
}

/// <summary>One line.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points, in the order of x.</param>
public sealed record LineSeries(string Name, IReadOnlyList<(int X, double Y)> Points)
{
    /// <summary>The 95 % interval at each point, drawn as a band around the line.</summary>
    public IReadOnlyList<ConfidenceInterval>? Band { get; init; }

    internal string Text(int index, ValueFormat format)
    {
        string value = Reports.NumberText.Value(Points[index].Y, format);
        return Band is null ? value : $"{value} ({Reports.NumberText.Range(Band[index].Lower, Band[index].Upper, format)})";
    }

    internal IEnumerable<double> Reach =>
        Points.Select(point => point.Y).Concat(Band?.SelectMany(at => new[] { at.Lower, at.Upper }) ?? []).Where(double.IsFinite);
}
