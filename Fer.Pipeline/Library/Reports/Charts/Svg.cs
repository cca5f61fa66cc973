
namespace Fer.Pipeline.Reports;

/// <summary>The few shapes that charts are made of.</summary>
internal sealed class Svg(Markup markup)
{
    internal Markup Markup => markup;

    /// <summary>Text that is vertically centred on y.</summary>
    internal void Text(double x, double y, string text, string? style = null, string? anchor = null) =>
        markup.Element("text", text, ("x", x), ("y", y), ("dy", "0.35em"), ("class", style), ("text-anchor", anchor));

    internal void Line(double x1, double y1, double x2, double y2, string style) =>
        markup.Empty("line", ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2), ("class", style));

    internal void Rectangle(double x, double y, double width, double height, string style, double? radius = null) =>
        markup.Empty("rect", ("x", x), ("y", y), ("width", Math.Max(0, width)), ("height", Math.Max(0, height)), ("rx", radius),
            ("class", style));

    internal void Circle(double x, double y, double radius, string style) =>
        markup.Empty("circle", ("cx", x), ("cy", y), ("r", radius), ("class", style));

    /// <summary>A picture embedded in the file.</summary>
    internal void Image(double x, double y, double side, Images.GrayImage image) =>
        markup.Empty("image", ("x", x), ("y", y), ("width", side), ("height", side),
        ("href", "data:image/png;base64," + Convert.ToBase64String(Images.PngEncoder.Encode(image))));

    internal void Path(string path, string style, string? dash = null) =>
        markup.Empty("path", ("d", path), ("class", style), ("stroke-dasharray", dash));

    /// <summary>A group that shows its values on hover.</summary>
    /// <param name="title">The values.</param>
    /// <param name="style">Further classes.</param>
    /// <param name="draw">Draws what is in it.</param>
    /// <param name="data">What the report's script knows it by; the name of the attribute and its value.</param>
    internal void Mark(string title, string? style, Action draw, (string Name, object? Value) data = default)
    {
        markup.Open("g", ("class", style is null ? "mark" : $"mark {style}"), (data.Name ?? "data", data.Value)).Element("title", title);
        draw();
        markup.Close();
    }

    /// <summary>Shapes of a point, so that series differ by more than colour.</summary>
    internal void Point(PointShape shape, double x, double y, double size)
    {
        switch (shape)
        {
            case PointShape.Hollow: Circle(x, y, size * 0.85, "hollow"); break;
            case PointShape.Diamond:
                Path(
                Invariant($"M{x},{y - size * 1.35}L{x + size * 1.35},{y}L{x},{y + size * 1.35}L{x - size * 1.35},{y}Z"), "dot"); break;
            case PointShape.Cross:
                Path(
                Invariant($"M{x - size},{y - size}L{x + size},{y + size}M{x + size},{y - size}L{x - size},{y + size}"), "stroke"); break;
            default: Circle(x, y, size, "dot"); break;
        }
    }

    /// <summary>Path data with coordinates shortened.</summary>
    internal static string Invariant(FormattableString path) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, path.Format,
            [.. path.GetArguments().Select(one => (object)NumberText.Coordinate((double)one!))]);
}
