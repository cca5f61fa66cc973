using System.Text.RegularExpressions;
using Fer.Pipeline;
using Fer.Pipeline.Reports;

namespace Fer.Notebooks;

/// <summary>A notebook as one self-contained HTML page in the style of the reports: nothing is loaded and nothing runs.</summary>
internal static partial class NotebookPage
{
    private const string Css = """
        main{padding-top:28px;padding-bottom:40px}
        main>*{max-width:980px;margin-left:auto;margin-right:auto}
        main>.scroll{margin:0 auto 12px;background:none}
        main h2{margin-top:34px}
        main h3{margin-top:24px}
        main ul,main ol{padding-left:1.4em;margin:0 auto 12px}
        main li{margin:2px 0}
        pre.source{background:var(--card);border-left:4px solid var(--accent);font-size:.92rem;margin:18px auto 8px}
        .out{margin:8px auto 18px;padding:0 0 0 14px;overflow-x:auto}
        .out pre{border:0;background:none;padding:4px 0;margin:0}
        .out .chart{margin:4px 0;width:100%}
        .out.error{border-left:4px solid #c62828}
        blockquote{margin:0 auto 12px;padding-left:14px;border-left:4px solid var(--line);color:var(--soft)}

        """;

    /// <summary>Writes the page.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    internal static void Write(string path, Notebook notebook) => AtomicFile.WriteText(path, ToHtml(notebook));

    internal static string ToHtml(Notebook notebook)
    {
        var page = new Markup();
        page.Raw("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Line().Open("head").Line();
        page.Empty("meta", ("charset", "utf-8")).Line();
        page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        page.Empty("meta", ("name", "color-scheme"), ("content", "light dark")).Line();
        page.Empty("meta", ("http-equiv", "Content-Security-Policy"),
            ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")).Line();
        page.Element("title", notebook.Title).Line();
        page.Open("style").Raw("\n" + ChartStyle.Css + PageStyle.Css + (Css + CodeHtml.Css).ReplaceLineEndings("\n")).Close().Line();
        page.Close().Line();
        page.Open("body").Line().Open("main").Line();
        foreach (var cell in notebook.Cells)
        {
            if (!cell.IsCode)
            {
                page.Raw(MarkdownHtml.Convert(cell.Source));
                continue;
            }
            page.Open("pre", ("class", "source"), ("tabindex", 0), ("role", "region"), ("aria-label", $"C#, cell {cell.Number}"))
                .Open("code").Raw(CodeHtml.Convert(cell.Source.TrimEnd('\n'))).Close().Close().Line();
            for (int i = 0; i < cell.Outputs.Count; i++) Show(page, cell.Outputs[i], $"Output {i + 1} of cell {cell.Number}");
        }
        return page.Close().Line().Close().Line().Close().Line().ToString();
    }

    private static void Show(Markup page, CellOutput output, string name)
    {
        page.Open("div", ("class", output.Kind == "error" ? "out error" : "out"), ("role", "region"), ("aria-label", name), ("tabindex", 0))
            .Line();
        if (output.Forms.TryGetValue(CellOutput.Svg, out string? svg)) page.Raw(svg);
        else if (output.Forms.TryGetValue(CellOutput.Html, out string? html)) page.Raw(Script().Replace(html, ""));
        else if (output.Forms.TryGetValue(CellOutput.Markdown, out string? markdown)) page.Raw(MarkdownHtml.Convert(markdown));
        else page.Element("pre", output.Text.TrimEnd('\n'));
        page.Close().Line();
    }

    // The page runs no scripts: a chart stays the drawing that lies in front of its script.
    [GeneratedRegex("""<script\b.*?</script\s*>""", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Script();
}
