using System.Net;
using System.Text;
using Fer.Pipeline.Reports;

namespace Fer.Pipeline.Interactive;

/// <summary>A table as HTML; all text is escaped.</summary>
internal static class TableHtml
{
    internal static string Of(Table table)
    {
        var html = new StringBuilder("<table>\n<thead><tr>");
        foreach (var column in table.Columns)
            html.Append("<th scope=\"col\"").Append(Align(column)).Append('>').Append(Escape(column.Name)).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            for (int k = 0; k < table.Columns.Count; k++)
                html.Append(k == 0 ? "<th scope=\"row\"" : "<td").Append(Align(table.Columns[k])).Append('>').Append(Escape(row[k]))
                    .Append(k == 0 ? "</th>" : "</td>");
            html.Append("</tr>\n");
        }
        return html.Append("</tbody>\n</table>\n").ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Align(TableColumn column) => column.Numeric ? " style=\"text-align:right\"" : " style=\"text-align:left\"";
}
