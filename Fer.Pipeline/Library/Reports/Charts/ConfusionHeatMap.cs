using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Reports;

/// <summary>
/// The confusion matrix as a heat map: rows are true classes, columns predicted ones. Each cell shows its count and its share of the row,
/// which sets the shade.
/// </summary>
public sealed class ConfusionHeatMap : Chart
{
    private const double MostLabelRoom = 150;
    // Of 40 degrees, the slant of long column names.
    private const double Cosine = 0.766, Sine = 0.643;

    /// <summary>The counts.</summary>
    public required ConfusionMatrix Matrix { get; init; }

    /// <summary>What the rows are, such as <c>true</c>.</summary>
    public string RowName { get; init; } = "true";

    /// <summary>What the columns are.</summary>
    public string ColumnName { get; init; } = "predicted as";

    /// <inheritdoc/>
    public override double Width => Math.Max(400, 90 + 46 * Matrix.NumberOfClasses);

    /// <inheritdoc/>
    public override bool HasData => Matrix.Total > 0;

    /// <inheritdoc/>
    public override Table Values => new(
        [new(RowName, Numeric: false), .. Matrix.ClassNames.Select(name => new TableColumn("as " + name)), new("rows")],
        [.. Matrix.ClassNames.Select((name, i) => (IReadOnlyList<string>)[name,
            .. Matrix.Counts[i].Select((count, j) => $"{NumberText.Count(count)} ({NumberText.Percent(Share(i, j))})"),
            NumberText.Count(Matrix.TrueCounts[i])])]);

    private double Share(int i, int j) => Matrix.TrueCounts[i] == 0 ? double.NaN : (double)Matrix.Counts[i][j] / Matrix.TrueCounts[i];

    private protected override double Draw(Svg svg)
    {
        int classes = Matrix.NumberOfClasses;
        double left = Math.Min(MostLabelRoom, PlotArea.LabelRoom(Matrix.ClassNames, ChartStyle.FontSize));
        double cell = Math.Min((Width - left - 2) / classes, 90);
        double[] widths = [.. Matrix.ClassNames.Select(name => Math.Min(TextWidth.Of(name, ChartStyle.SmallFontSize), MostLabelRoom))];
        bool slanted = widths.Max() > cell - 2;
        // A slanted name is wider than its column; the width that the last ones need at the right is taken from the cells.
        double over = slanted ? Math.Max(0, widths.Select((width, j) => width * Cosine - (classes - j - 0.5) * cell).Max()) : 0;
        cell = Math.Min(cell, (Width - left - 2 - over) / classes);
        double height = Math.Clamp(cell, 34, 46);
        double labels = slanted ? widths.Max() * Sine + 14 : 22;
        double top = 22 + labels;
        svg.Text(left + cell * classes / 2, 10, ColumnName, "tick", "middle");
        svg.Text(left - 8, top - 10, RowName, "tick", "end");
        for (int j = 0; j < classes; j++) DrawColumnName(svg, Matrix.ClassNames[j], left + (j + 0.5) * cell, top - 10, slanted);
        for (int i = 0; i < classes; i++)
        {
            svg.Text(left - 8, top + (i + 0.5) * height, TextWidth.Fit(Matrix.ClassNames[i], ChartStyle.FontSize, left - 8), null, "end");
            for (int j = 0; j < classes; j++) DrawCell(svg, i, j, left + j * cell, top + i * height, cell, height);
        }
        return top + classes * height + 4;
    }

    private static void DrawColumnName(Svg svg, string name, double x, double y, bool slanted)
    {
        if (!slanted)
        {
            svg.Text(x, y, name, "tick", "middle");
            return;
        }
        svg.Markup.Open("g", ("transform", Svg.Invariant($"translate({x - 6},{y + 2}) rotate(-40)")));
        svg.Text(0, 0, TextWidth.Fit(name, ChartStyle.SmallFontSize, MostLabelRoom), "tick");
        svg.Markup.Close();
    }

    private void DrawCell(Svg svg, int i, int j, double x, double y, double width, double height)
    {
        int count = Matrix.Counts[i][j];
        double share = Share(i, j);
        string verdict = RowName != "true" ? $"{ColumnName} {Matrix.ClassNames[j]}"
            : i == j ? "correct" : $"predicted as {Matrix.ClassNames[j]}";
        string rows = NumberText.Count(Matrix.TrueCounts[i]);
        svg.Mark($"{Matrix.ClassNames[i]}, {verdict}: {NumberText.Count(count)} of {rows} ({NumberText.Percent(share)})",
            "h" + Palette.HeatStep(share), () =>
        {
            svg.Rectangle(x, y, width, height, "cell", 3);
            svg.Text(x + width / 2, y + height / 2 - 7, NumberText.Count(count), count >= 10_000 ? "share" : null, "middle");
            svg.Text(x + width / 2, y + height / 2 + 9, NumberText.WholePercent(share), "share", "middle");
        }, ("data-cell", $"{i}-{j}"));
    }
}
