namespace Fer.Notebooks;

/// <summary>
/// Compares a saved notebook with the same notebook after a run on other data: each cell must show as many outputs of the same kinds.
/// Figures differ with the data.
/// </summary>
internal static class NotebookCheck
{
    /// <summary>The changes, one line each, naming the cell; empty if there are none.</summary>
    internal static IReadOnlyList<string> Compare(Notebook saved, Notebook now)
    {
        var changes = new List<string>();
        foreach (var (before, after) in saved.Cells.Zip(now.Cells).Where(pair => pair.First.IsCode))
        {
            string old = Kinds(before.Outputs), fresh = Kinds(Pictures.Strip(after.Outputs));
            if (old == fresh) continue;
            changes.Add($"{saved.Path}: cell {before.Number}: {old} is saved, the run gave {fresh}. Run it once and save.");
        }
        return changes;
    }

    private static string Kinds(IReadOnlyList<CellOutput> outputs) => outputs.Count == 0 ? "nothing" : string.Join("; ", outputs.Select(
        output => $"{output.Kind} ({string.Join(", ", output.Forms.Keys.Order(StringComparer.Ordinal))})"));
}
