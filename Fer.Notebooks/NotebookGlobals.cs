using Fer.Pipeline.Reports;

namespace Fer.Notebooks;

/// <summary>What cells can call without a prefix. The lower-case names are those that C# notebooks know from .NET Interactive.</summary>
public sealed class NotebookGlobals
{
    private readonly Action<CellOutput> _show;

    internal NotebookGlobals(Action<CellOutput> show) => _show = show;

    /// <summary>
    /// Shows a value: a chart as SVG, a <see cref="Table"/> or a list of records as a table, HTML or Markdown created here, anything else
    /// as text.
    /// </summary>
    public void display(object? value) => _show(new("display_data", DisplayFormatter.Format(value)));

    /// <summary>
    /// Shows a table whose numbers depend on the machine, such as training results: the page shows all of it, the plain text, which <c>run
    /// --check</c> compares, only <paramref name="caption"/>.
    /// </summary>
    public void display(Table table, string caption)
    {
        var forms = DisplayFormatter.Format(table);
        _show(new("display_data",
            new Dictionary<string, string> { [CellOutput.Html] = forms[CellOutput.Html], [CellOutput.PlainText] = $"[{caption}]\n" }));
    }

    /// <summary>HTML to display.</summary>
    public object HTML(string html) => new Rich(CellOutput.Html, html, "[HTML]\n");

    /// <summary>An SVG drawing to display.</summary>
    public object SVG(string svg) => new Rich(CellOutput.Svg, svg, "[SVG]\n");

    /// <summary>Markdown to display.</summary>
    public object Markdown(string markdown) =>
        new Rich(CellOutput.Markdown, markdown, markdown.EndsWith('\n') ? markdown : markdown + "\n");
}
