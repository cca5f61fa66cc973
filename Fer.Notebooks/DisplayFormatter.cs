using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using Fer.Pipeline.Reports;

namespace Fer.Notebooks;

/// <summary>How values are shown: charts as SVG, tables and lists of records as HTML tables, everything else as text.</summary>
internal static class DisplayFormatter
{
    private const int MostRows = 200;

    /// <summary>The forms of a value, by MIME type.</summary>
    internal static IReadOnlyDictionary<string, string> Format(object? value) => value switch
    {
        null => Forms("null"),
        Rich rich => new Dictionary<string, string> { [rich.MimeType] = rich.Content, [CellOutput.PlainText] = rich.Text },
        Chart chart =>
            new Dictionary<string, string> { [CellOutput.Svg] = chart.ToSvgFile(), [CellOutput.PlainText] = $"[{chart.Title}]\n" },
        Table table => new Dictionary<string, string> { [CellOutput.Html] = Html(table), [CellOutput.PlainText] = Text(table) },
        string text => Forms(text),
        IEnumerable rows when Records(rows) is { } table => Format(table),
        IEnumerable values => Forms("[" + string.Join(", ", values.Cast<object?>().Take(MostRows).Select(Cell)) + "]"),
        _ => Forms(Cell(value)),
    };

    /// <summary>A value as a table cell: numbers with at most four decimals, the same on every machine.</summary>
    internal static string Cell(object? value) => value switch
    {
        null => "",
        double or float or decimal => ((IFormattable)value).ToString("0.####", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static Dictionary<string, string> Forms(string text) =>
        new() { [CellOutput.PlainText] = text.EndsWith('\n') ? text : text + "\n" };

    /// <summary>Objects with properties as a table; null if the values are simple.</summary>
    private static Table? Records(IEnumerable rows)
    {
        object?[] items = [.. rows.Cast<object?>().Take(MostRows)];
        if (items.Length == 0 || items[0] is null or string or IFormattable or IEnumerable || items[0]!.GetType().IsPrimitive) return null;
        if (items[0] is System.Runtime.CompilerServices.ITuple) return null;
        PropertyInfo[] properties = [.. items[0]!.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract")];
        if (properties.Length == 0) return null;
        return new Table(
            [.. properties.Select((property, k) => new TableColumn(property.Name, Numeric: k > 0 && IsNumber(property.PropertyType)))],
            [.. items.Select(
                item => (IReadOnlyList<string>)[.. properties.Select(property => item is null ? "" : Cell(property.GetValue(item)))])]);
    }

    private static bool IsNumber(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) is >= TypeCode.SByte and <= TypeCode.Decimal;

    private static string Html(Table table)
    {
        var html = new StringBuilder("<table>\n<thead><tr>");
        foreach (var column in table.Columns)
            html.Append("<th scope=\"col\"").Append(Align(column)).Append('>').Append(WebUtility.HtmlEncode(column.Name)).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            for (int k = 0; k < table.Columns.Count; k++)
                html.Append(k == 0 ? "<th scope=\"row\"" : "<td").Append(Align(table.Columns[k])).Append('>').Append(
                    WebUtility.HtmlEncode(row[k])).Append(k == 0 ? "</th>" : "</td>");
            html.Append("</tr>\n");
        }
        return html.Append("</tbody>\n</table>\n").ToString();
    }

    private static string Align(TableColumn column) => column.Numeric ? " style=\"text-align:right\"" : " style=\"text-align:left\"";

    private static string Text(Table table)
    {
        int[] widths = [.. table.Columns.Select((column, k) => table.Rows.Select(row => row[k].Length).Append(column.Name.Length).Max())];
        var text = new StringBuilder();
        Line(table.Columns.Select(column => column.Name));
        foreach (var row in table.Rows) Line(row);
        return text.ToString();

        void Line(IEnumerable<string> cells) =>
            text.Append(
                string.Join("  ", cells.Select((cell, k) => table.Columns[k].Numeric ? cell.PadLeft(widths[k]) : cell.PadRight(widths[k])))
                    .TrimEnd()).Append('\n');
    }
}

/// <summary>Content of a MIME type with its plain text equivalent.</summary>
/// <param name="MimeType">Such as <c>text/html</c>.</param>
/// <param name="Content">The content.</param>
/// <param name="Text">What a reader without support for the type sees, and what a check compares.</param>
internal sealed record Rich(string MimeType, string Content, string Text);
