using System.Text.Json.Nodes;

namespace Fer.Notebooks;

/// <summary>A text in a notebook: a string, or a list of lines that keep their line feeds.</summary>
internal static class NotebookText
{
    internal static string Read(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(line => line?.GetValue<string>())),
        null => "",
        _ => node.GetValue<string>(),
    };

    /// <summary>A text as C# writes it.</summary>
    internal static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);

    internal static JsonArray Write(string text)
    {
        var lines = new JsonArray();
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start) is var found and >= 0 ? found + 1 : text.Length;
            lines.Add(text[start..end]);
            start = end;
        }
        return lines;
    }
}
