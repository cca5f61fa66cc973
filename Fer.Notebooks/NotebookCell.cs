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
    }

    /// <summary>Its position in the notebook, from 1, counting Markdown cells.</summary>
    internal int Number { get; }

    internal bool IsCode { get; }

    internal string Source { get; }

    /// <summary>Its outputs.</summary>
    internal IReadOnlyList<CellOutput> Outputs { get; set; }

    /// <summary>Writes the outputs back into the file's tree.</summary>
    internal void Store()
    {
        if (!IsCode) return;
        _node["outputs"] = new JsonArray([.. Outputs.Select(output => output.ToJson())]);
    }

    /// <summary>The execution count that editors show next to the cell.</summary>
    internal int? ExecutionCount
    {
        set
        {
            if (IsCode) _node["execution_count"] = value;
        }
    }
}
