using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>
/// Parallel coordinates of settings and outcome: one vertical axis each, and one line per run across all of them (Inselberg, 1985). The
/// best run is drawn last and in the second colour.
/// </summary>
public sealed class ParallelCoordinates : Chart
{
    private const double PlotHeight = 230;

    /// <summary>The axes from left to right; the last is the outcome.</summary>
    public required IReadOnlyList<ParallelAxis> Axes { get; init; }

    /// <summary>The name of each line.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>The line to highlight, or -1.</summary>
    public int Best { get; init; } = -1;

    /// <inheritdoc/>
    public override double Width => Math.Max(400, 120 * Axes.Count);

    /// <inheritdoc/>
    public override bool HasData => Axes.Count > 1 && Lines.Count > 0;

    /// <inheritdoc/>
    public override Table Values => new([new("run", Numeric: false), .. Axes.Select(axis => new TableColumn(axis.Name))],
        [.. Lines.Select((name, i) => (IReadOnlyList<string>)[name + (i == Best ? " (best)" : ""), .. Axes.Select(axis => axis.Text(i))])]);

    /// <summary>The number of the trial that each line is, for the report's script; null where lines are none.</summary>
    internal IReadOnlyList<int>? Trials { get; init; }

    internal override string? Kind => "parallel";

    private protected override double Draw(Svg svg)
    {
        double side = 42, step = (Width - 2 * side) / (Axes.Count - 1), top = 44;
        var scales = Axes.Select(axis => axis.Scale(top + PlotHeight, top)).ToArray();
        double[] at = [.. Axes.Select((_, k) => side + k * step)];
        for (int k = 0; k < Axes.Count; k++)
        {
            // Names alternate between two lines, so that each has the width of two axes.
            svg.Text(Math.Clamp(at[k], step * 0.45, Width - step * 0.45), k % 2 == 0 ? 10 : 27,
                TextWidth.Fit(Axes[k].Name, ChartStyle.SmallFontSize, Axes.Count == 2 ? Width / 2 : step * 1.6), null, "middle");
            svg.Markup.Empty("line", ("x1", at[k]), ("y1", top), ("x2", at[k]), ("y2", top + PlotHeight),
                ("class", "axis"), ("data-axis", k));
        }
        foreach (int i in Enumerable.Range(0, Lines.Count).OrderBy(i => i == Best))
        {
            string path = string.Join(
                'L', Axes.Select((axis, k) => axis.Has(i) ? Svg.Invariant($"{at[k]},{scales[k].At(axis.Place(i))}") : null).Where(
                    one => one is not null));
            if (!path.Contains('L')) continue;
            string values = string.Join(", ", Axes.Select(axis => $"{axis.Name} {axis.Text(i)}"));
            svg.Mark($"{Lines[i]}{(i == Best ? " (best)" : "")}: {values}", i == Best ? "s2" : "s1",
                () => svg.Markup.Empty("path", ("d", "M" + path), ("class", "line"), ("stroke-opacity", i == Best ? null : 0.55),
                    ("stroke-width", i == Best ? 3.5 : null)),
                ("data-trial", Trials?[i]));
        }
        for (int k = 0; k < Axes.Count; k++)
            foreach (var (place, label) in Axes[k].Labels())
                svg.Text(at[k] + (k == Axes.Count - 1 ? -5 : 5), scales[k].At(place),
                    TextWidth.Fit(label, ChartStyle.SmallFontSize, step - 6), "tick halo", k == Axes.Count - 1 ? "end" : null);
        return top + PlotHeight + 10;
    }
}

/// <summary>
/// One axis: numeric if every value is a number, otherwise the distinct texts, evenly spaced in order of first appearance.
/// </summary>
public sealed class ParallelAxis
{
    private readonly double[] _places;
    private readonly string[] _texts, _categories;
    private readonly bool _log;
    private readonly ValueFormat? _format;

    /// <summary>
    /// An axis of texts; numeric if all of them are numbers. Positive numbers that span more than a factor of 30 are placed on a log scale.
    /// </summary>
    /// <param name="name">The axis' name.</param>
    /// <param name="values">One per line; null where a line has none.</param>
    public ParallelAxis(string name, IReadOnlyList<string?> values)
    {
        Name = name;
        _texts = [.. values.Select(value => value ?? NumberText.None)];
        double[] numbers = [
            .. values.Select(value => value is null ? double.NaN : double.TryParse(
                value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.PositiveInfinity)];
        bool numeric = numbers.Any(double.IsFinite) && !numbers.Any(double.IsInfinity);
        _categories = numeric ? [] : [.. values.OfType<string>().Distinct()];
        var finite = numbers.Where(double.IsFinite);
        _log = numeric && finite.Min() > 0 && finite.Max() > 30 * finite.Min();
        _places = numeric ? [.. numbers.Select(number => _log ? Math.Log10(number) : number)]
            : [.. values.Select(value => value is null ? double.NaN : Array.IndexOf(_categories, value))];
    }

    /// <summary>A numeric axis.</summary>
    /// <param name="name">The axis' name.</param>
    /// <param name="values">One per line; NaN where a line has none.</param>
    /// <param name="format">How they are formatted.</param>
    public ParallelAxis(string name, IReadOnlyList<double> values, ValueFormat format)
    {
        Name = name;
        _places = [.. values];
        _texts = [.. values.Select(value => NumberText.Value(value, format))];
        _categories = [];
        _format = format;
    }

    /// <summary>The axis' name.</summary>
    public string Name { get; }

    internal bool Has(int line) => double.IsFinite(_places[line]);

    internal double Place(int line) => _places[line];

    internal string Text(int line) => _texts[line];

    internal LinearScale Scale(double bottom, double top)
    {
        if (_categories.Length > 0) return new(-0.5, _categories.Length - 0.5, bottom, top);
        var finite = _places.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        double low = finite.Min(), high = finite.Max(), margin = high > low ? (high - low) * 0.06 : 0.5;
        return new(Ticks.Bounded(low - margin), Ticks.Bounded(high + margin), bottom, top);
    }

    /// <summary>Both ends, and the powers of ten between that do not touch them; 3, 30, 300 too where these are few.</summary>
    private static IEnumerable<double> LogPlaces(double low, double high)
    {
        double room = 0.1 * (high - low);
        var between = Enumerable.Range((int)Math.Floor(low), (int)Math.Ceiling(high) - (int)Math.Floor(low) + 1)
            .SelectMany(power => new[] { (Place: (double)power, IsPower: true), (Place: power + Math.Log10(3), IsPower: false) })
            .Where(one => one.Place > low + room && one.Place < high - room).ToArray();
        return [low, .. between.Where(one => one.IsPower || between.Length <= 4).Select(one => one.Place), high];
    }

    /// <summary>The labels of the axis: every category, some round numbers, or the ends and powers of ten of a log scale.</summary>
    internal IEnumerable<(double Place, string Label)> Labels()
    {
        if (_categories.Length > 0) return _categories.Select((name, i) => ((double)i, name));
        var finite = _places.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        if (_log)
            return LogPlaces(finite.Min(), finite.Max()).Select(
                place => (place, Math.Pow(10, place).ToString("G3", CultureInfo.InvariantCulture)));
        var ticks = Ticks.Over(finite.Min(), finite.Max(), 4);
        var scale = Scale(0, 1);
        return ticks.Values.Where(value => value >= scale.From && value <= scale.To).Select(
            value => (value, NumberText.Tick(value, ticks.Step, _format ?? ValueFormat.Number)));
    }
}
