using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>
/// Accuracy against confidence (Guo et al., arXiv 1706.04599, figure 1). On the dashed line, confidence equals accuracy. A histogram of the
/// rows per bin is below. Empty bins are left out.
/// </summary>
public sealed class ReliabilityDiagram : Chart
{
    private const double PlotHeight = 240, StripHeight = 56, Between = 14;

    /// <summary>The bins of confidence.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <summary>The label of the x axis.</summary>
    public string XName { get; init; } = "confidence (highest probability)";

    /// <inheritdoc/>
    public override bool HasData => Bins.Any(bin => bin.Count > 0);

    /// <inheritdoc/>
    public override Table Values => new(
        [new("confidence", Numeric: false), new("rows"), new("mean confidence"), new("accuracy (95 % interval)")],
        [.. Bins.Where(bin => bin.Count > 0).Select(
            bin => (IReadOnlyList<string>)[NumberText.Range(bin.Lower, bin.Upper, ValueFormat.Percent),
            NumberText.Count(bin.Count), NumberText.Percent(bin.Confidence), AccuracyText(bin)])]);

    private static ConfidenceInterval Interval(ReliabilityBin bin) =>
        ConfidenceInterval.Wilson((long)Math.Round(bin.Accuracy * bin.Count), bin.Count);

    private static string AccuracyText(ReliabilityBin bin) =>
        $"{NumberText.Percent(bin.Accuracy)} ({NumberText.Range(Interval(bin).Lower, Interval(bin).Upper, ValueFormat.Percent)})";

    private protected override double Draw(Svg svg)
    {
        var ticks = Ticks.Over(0, 1);
        double left = PlotArea.LabelRoom(ticks.Values.Select(value => NumberText.Tick(value, ticks.Step, ValueFormat.Percent)));
        double top = Legend.Draw(svg, 0, Width,
        [
            ("accuracy of a bin", (x, y) => svg.Rectangle(x, y - 6, 14, 12, "bar pale s1", 2)),
            ("perfect calibration", (x, y) => svg.Line(x, y, x + 16, y, "guide")),
        ]);
        var plot = new PlotArea(left, top, Width - 20, top + PlotHeight);
        var strip = plot with { Top = plot.Bottom + Between, Bottom = plot.Bottom + Between + StripHeight };
        var (x, y) = (plot.X(0, 1), plot.Y(0, 1));
        int rows = Bins.Sum(bin => bin.Count);
        var most = strip.Y(0, (double)Bins.Max(bin => bin.Count) / rows);
        plot.DrawY(svg, ticks, y, ValueFormat.Percent);
        svg.Line(plot.Left, plot.Bottom, plot.Right, plot.Bottom, "axis");
        var filled = Bins.Where(bin => bin.Count > 0).ToArray();
        foreach (var bin in filled) DrawBin(svg, bin, rows, x, y, most);
        svg.Line(x.At(0), y.At(0), x.At(1), y.At(1), "under");
        svg.Line(x.At(0), y.At(0), x.At(1), y.At(1), "guide");
        foreach (var bin in filled) DrawInterval(svg, bin, x, y);
        svg.Text(left - 6, strip.Bottom - StripHeight / 2, "rows", "tick", "end");
        strip.DrawX(svg, ticks, x, ValueFormat.Percent, XName, Width);
        return strip.Bottom + PlotArea.TickHeight + PlotArea.LabelHeight;
    }

    private static void DrawBin(Svg svg, ReliabilityBin bin, int rows, LinearScale x, LinearScale y, LinearScale strip)
    {
        double start = x.At(bin.Lower) + 1, width = x.At(bin.Upper) - x.At(bin.Lower) - 2, share = (double)bin.Count / rows;
        svg.Mark(Describe(bin), "s1", () => svg.Rectangle(start, y.At(bin.Accuracy), width, y.At(0) - y.At(bin.Accuracy), "bar pale", 2));
        svg.Mark($"{Describe(bin)} ({NumberText.Percent(share)} of all)", "s6",
            () => svg.Rectangle(start, strip.At(share), width, strip.At(0) - strip.At(share), "bar", 2));
    }

    private static void DrawInterval(Svg svg, ReliabilityBin bin, LinearScale x, LinearScale y)
    {
        double middle = x.At((bin.Lower + bin.Upper) / 2), low = y.At(Interval(bin).Lower), high = y.At(Interval(bin).Upper);
        svg.Mark(Describe(bin), null, () =>
            svg.Path(Svg.Invariant($"M{middle},{low}V{high}M{middle - 3},{low}H{middle + 3}M{middle - 3},{high}H{middle + 3}"), "whisker"));
    }

    private static string Describe(ReliabilityBin bin) =>
        $"Confidence {NumberText.Range(bin.Lower, bin.Upper, ValueFormat.Percent)}: mean {NumberText.Percent(bin.Confidence)}, "
        + $"accuracy {AccuracyText(bin)}, {NumberText.Count(bin.Count)} rows";
}
