using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Fer.Notebooks;

/// <summary>
/// The Markdown that notebooks need, as HTML: headings, paragraphs, lists, tables, quotes, code, emphasis and links. All text is escaped;
/// HTML inside Markdown is shown as text.
/// </summary>
internal static partial class MarkdownHtml
{
    internal static string Convert(string markdown)
    {
        var html = new StringBuilder();
        string[] lines = markdown.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length;)
        {
            string line = lines[i].TrimEnd();
            if (line.Length == 0) i++;
            else if (line.StartsWith("```", StringComparison.Ordinal)) Code(html, lines, ref i);
            else if (Heading().Match(line) is { Success: true } heading)
            {
                int level = heading.Groups[1].Length;
                html.Append($"<h{level}>").Append(Inline(heading.Groups[2].Value)).Append($"</h{level}>\n");
                i++;
            }
            else if (line.StartsWith('|') && i + 1 < lines.Length && Rule().IsMatch(lines[i + 1])) Table(html, lines, ref i);
            else if (Item().IsMatch(line)) List(html, lines, ref i);
            else if (line.StartsWith("> ", StringComparison.Ordinal)) Quote(html, lines, ref i);
            else Paragraph(html, lines, ref i);
        }
        return html.ToString();
    }

    private static void Code(StringBuilder html, string[] lines, ref int i)
    {
        var code = new List<string>();
        for (i++; i < lines.Length && !lines[i].StartsWith("```", StringComparison.Ordinal); i++) code.Add(lines[i]);
        i++;
        html.Append("<pre><code>").Append(WebUtility.HtmlEncode(string.Join('\n', code))).Append("</code></pre>\n");
    }

    private static void Table(StringBuilder html, string[] lines, ref int i)
    {
        html.Append("<div class=\"scroll\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table>\n<thead><tr>")
            .AppendJoin("", Cells(lines[i]).Select(cell => $"<th scope=\"col\">{Inline(cell)}</th>")).Append("</tr></thead>\n<tbody>\n");
        for (i += 2; i < lines.Length && lines[i].StartsWith('|'); i++)
            html.Append("<tr>").AppendJoin("", Cells(lines[i]).Select(cell => $"<td>{Inline(cell)}</td>")).Append("</tr>\n");
        html.Append("</tbody>\n</table></div>\n");
    }

    private static IEnumerable<string> Cells(string line) => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim());

    private static void List(StringBuilder html, string[] lines, ref int i)
    {
        string tag = char.IsAsciiDigit(lines[i].TrimStart()[0]) ? "ol" : "ul";
        html.Append($"<{tag}>\n");
        while (i < lines.Length && Item().Match(lines[i]) is { Success: true } item)
        {
            var text = new StringBuilder(item.Groups[1].Value);
            for (i++; i < lines.Length && lines[i].StartsWith("  ", StringComparison.Ordinal) && !Item().IsMatch(lines[i]); i++)
                text.Append(' ').Append(lines[i].Trim());
            html.Append("<li>").Append(Inline(text.ToString())).Append("</li>\n");
        }
        html.Append($"</{tag}>\n");
    }

    private static void Quote(StringBuilder html, string[] lines, ref int i)
    {
        var text = new List<string>();
        for (; i < lines.Length && lines[i].StartsWith('>'); i++) text.Add(lines[i].TrimStart('>').Trim());
        html.Append("<blockquote>").Append(Inline(string.Join(' ', text))).Append("</blockquote>\n");
    }

    private static void Paragraph(StringBuilder html, string[] lines, ref int i)
    {
        var text = new List<string>();
        do text.Add(lines[i++].Trim());
        while (i < lines.Length && lines[i].Trim().Length > 0 && !Heading().IsMatch(lines[i]) && !Item().IsMatch(lines[i])
            && !lines[i].StartsWith("```", StringComparison.Ordinal));
        html.Append("<p>").Append(Inline(string.Join(' ', text))).Append("</p>\n");
    }

    /// <summary>Code spans first, so that nothing inside them is read as emphasis.</summary>
    private static string Inline(string text)
    {
        string[] parts = text.Split('`');
        var html = new StringBuilder();
        for (int k = 0; k < parts.Length; k++)
        {
            string escaped = WebUtility.HtmlEncode(parts[k]);
            // An odd part is between two backticks, unless the last one is missing.
            if (k % 2 == 1 && k < parts.Length - 1) html.Append("<code>").Append(escaped).Append("</code>");
            else html.Append(k % 2 == 1 ? "`" : "").Append(Emphasis(escaped));
        }
        return html.ToString();
    }

    private static string Emphasis(string html)
    {
        html = Link().Replace(html, "<a href=\"$2\">$1</a>");
        html = Strong().Replace(html, "<strong>$1</strong>");
        return Light().Replace(html, "<em>$1</em>");
    }

    [GeneratedRegex(@"^(#{1,6}) +(.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\|[ :|-]+\|?\s*$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\s*(?:[-*]|\d+\.) +(.*)$")]
    private static partial Regex Item();

    // Only safe links: other schemes could run code.
    [GeneratedRegex(@"\[([^\]]+)\]\((https?://[\w./#?=&;%~+:-]+|[\w./#?=&;%~+-]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*(.+?)\*\*")]
    private static partial Regex Strong();

    [GeneratedRegex(@"(?<![\w*])\*(?!\s)(.+?)(?<!\s)\*(?![\w*])")]
    private static partial Regex Light();
}
