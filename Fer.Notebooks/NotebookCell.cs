using System.Text.Json.Nodes;

namespace Fer.Notebooks;

/// <summary>A cell of Markdown or C#.</summary>
internal sealed class NotebookCell
{
    private readonly JsonObject _node;

    internal NotebookCell(int number, JsonObject node)
    {
        _node = node;
        Number = number;
        IsCode = node["cell_type"]?.GetValue<string>() == "code";
        Source = NotebookText.Read(node["source"]);
        Outputs = node["outputs"] is JsonArray outputs ? [.. outputs.OfType<JsonObject>().Select(CellOutput.FromJson)] : [];
        ExecutionCount = node["execution_count"]?.GetValue<int>();
        var metadata = node["metadata"] as JsonObject;
        HasParameters = metadata?["tags"] is JsonArray tags && tags.Any(tag => tag?.GetValue<string>() == "parameters");
        CheckParameters = metadata?["check"] is JsonObject check
            ? check.ToDictionary(one => one.Key, one => one.Value?.GetValue<string>() ?? "null") : [];
    }

    /// <summary>Its position in the notebook, from 1, counting Markdown cells.</summary>
    internal int Number { get; }

    internal bool IsCode { get; }

    internal string Source { get; }

    /// <summary>True of the cell with the tag <c>parameters</c>, after which a run's own values are set, as papermill does it.</summary>
    internal bool HasParameters { get; }

    /// <summary>The values, as C#, that keep a check short: in the cell's metadata under <c>check</c>.</summary>
    internal IReadOnlyDictionary<string, string> CheckParameters { get; }

    /// <summary>Its outputs.</summary>
    internal IReadOnlyList<CellOutput> Outputs { get; set; }

    /// <summary>The number that editors show next to the cell.</summary>
    internal int? ExecutionCount { get; set; }

    /// <summary>Writes the outputs back into the file's tree.</summary>
    internal void Store()
    {
        if (!IsCode) return;
        _node["outputs"] = new JsonArray([.. Outputs.Select(output => output.ToJson(ExecutionCount))]);
        _node["execution_count"] = ExecutionCount;
    }
}
