namespace Fer.Pipeline.Reports;

/// <summary>The rectangle between the axes, and how the axes are drawn.</summary>
internal readonly record struct PlotArea(double Left, double Top, double Right, double Bottom)
{
    internal const double TickHeight = 22, LabelHeight = 18;

    internal LinearScale X(double from, double to) => new(from, to, Left, Right);

    internal LinearScale Y(double from, double to) => new(from, to, Bottom, Top);

    /// <summary>The width that the labels of a y axis need at the left.</summary>
    internal static double LabelRoom(IEnumerable<string> labels, double fontSize = ChartStyle.SmallFontSize) =>
        labels.Select(label => TextWidth.Of(label, fontSize)).DefaultIfEmpty(0).Max() + 8;

    /// <summary>Draws the horizontal grid lines and their labels at the left.</summary>
    internal void DrawY(Svg svg, Ticks ticks, LinearScale scale, ValueFormat format)
    {
        foreach (double value in ticks.Values)
        {
            double y = scale.At(value);
            svg.Line(Left, y, Right, y, "grid");
            svg.Text(Left - 6, y, NumberText.Tick(value, ticks.Step, format), "tick", "end");
        }
    }

    /// <summary>
    /// Draws the x axis: its line, the ticks inside the range, and its label. Tick labels at the ends stay inside the drawing.
    /// </summary>
    internal void DrawX(Svg svg, Ticks ticks, LinearScale scale, ValueFormat format, string? name, double drawingWidth, bool grid = false)
    {
        double free = double.NegativeInfinity;
        foreach (double value in ticks.Values)
        {
            // A tick may lie outside where the axis is limited to the data.
            if (value < scale.From - ticks.Step * 1e-6 || value > scale.To + ticks.Step * 1e-6) continue;
            double x = scale.At(value);
            string label = NumberText.Tick(value, ticks.Step, format);
            double half = TextWidth.Of(label, ChartStyle.SmallFontSize) / 2;
            if (grid) svg.Line(x, Top, x, Bottom, "grid");
            else svg.Line(x, Bottom, x, Bottom + 4, "axis");
            double middle = Math.Clamp(x, half, drawingWidth - half);
            if (middle - half < free) continue;
            svg.Text(middle, Bottom + 14, label, "tick", "middle");
            free = middle + half + 6;
        }
        if (!grid) svg.Line(Left, Bottom, Right, Bottom, "axis");
        if (name is not null) svg.Text((Left + Right) / 2, Bottom + TickHeight + LabelHeight / 2, name, "tick", "middle");
    }
}
