namespace Fer.Pipeline.Reports;

/// <summary>The names of the series above the plot, on as many lines as they need.</summary>
internal static class Legend
{
    private const double LineHeight = 20, Swatch = 22, Gap = 16;

    /// <summary>Draws the entries from the top left and returns the height used; a single entry needs no legend.</summary>
    /// <param name="svg">Where to draw.</param>
    /// <param name="left">The left edge.</param>
    /// <param name="right">The right edge.</param>
    /// <param name="entries">The name of each series, and how to draw its sample at (left, middle).</param>
    internal static double Draw(Svg svg, double left, double right, IReadOnlyList<(string Name, Action<double, double> Sample)> entries)
    {
        if (entries.Count < 2) return 6;
        double x = left, y = LineHeight / 2;
        foreach (var (name, sample) in entries)
        {
            string shown = TextWidth.Fit(name, ChartStyle.FontSize, right - left - Swatch);
            double width = Swatch + TextWidth.Of(shown, ChartStyle.FontSize);
            if (x > left && x + width > right) (x, y) = (left, y + LineHeight);
            sample(x, y);
            svg.Text(x + Swatch, y, shown);
            x += width + Gap;
        }
        return y + LineHeight / 2 + 12;
    }
}
