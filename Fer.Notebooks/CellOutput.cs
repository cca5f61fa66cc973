using System.Text.Json.Nodes;

namespace Fer.Notebooks;

/// <summary>One output of a cell: printed text, a displayed value in one or more forms, or an error.</summary>
/// <param name="Kind"><c>stream</c>, <c>display_data</c>, <c>execute_result</c> or <c>error</c>.</param>
/// <param name="Forms">The content by MIME type; printed text and errors have only <c>text/plain</c>.</param>
internal sealed record CellOutput(string Kind, IReadOnlyDictionary<string, string> Forms)
{
    internal const string PlainText = "text/plain", Html = "text/html", Svg = "image/svg+xml", Markdown = "text/markdown";

    /// <summary>Of printed text: <c>stdout</c> or <c>stderr</c>.</summary>
    internal string Name { get; init; } = "stdout";

    /// <summary>Of an error: the cell's line from 1; 0 if unknown.</summary>
    internal int Line { get; init; }

    internal bool IsError => Kind == "error";

    internal static CellOutput Stream(string text, string name) =>
        new("stream", new Dictionary<string, string> { [PlainText] = text }) { Name = name };

    internal static CellOutput Error(string message, int line) =>
        new("error", new Dictionary<string, string> { [PlainText] = message }) { Line = line };

    /// <summary>The plain text, if any.</summary>
    internal string Text => Forms.GetValueOrDefault(PlainText, "");

    internal static CellOutput FromJson(JsonObject node)
    {
        string kind = node["output_type"]?.GetValue<string>() ?? "stream";
        if (kind == "stream") return Stream(NotebookText.Read(node["text"]), node["name"]?.GetValue<string>() ?? "stdout");
        if (kind == "error") return Error(node["evalue"]?.GetValue<string>() ?? "", 0);
        var forms = node["data"] is JsonObject data ? data.ToDictionary(
            one => one.Key, one => one.Value is JsonObject ? one.Value.ToJsonString() : NotebookText.Read(one.Value)) : [];
        return new(kind, forms);
    }

    internal JsonObject ToJson(int? executionCount)
    {
        switch (Kind)
        {
            case "stream":
                return new() { ["name"] = Name, ["output_type"] = Kind, ["text"] = NotebookText.Write(Text) };
            case "error":
                return new() { ["ename"] = "Error", ["evalue"] = Text, ["output_type"] = Kind, ["traceback"] = new JsonArray(Text) };
            default:
                var data = new JsonObject();
                foreach (var (type, text) in Forms.OrderBy(form => form.Key, StringComparer.Ordinal)) data[type] = NotebookText.Write(text);
                var node = new JsonObject { ["data"] = data };
                if (Kind == "execute_result") node["execution_count"] = executionCount;
                node["metadata"] = new JsonObject();
                node["output_type"] = Kind;
                return node;
        }
    }
}
