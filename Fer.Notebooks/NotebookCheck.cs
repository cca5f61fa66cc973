namespace Fer.Notebooks;

/// <summary>
/// Compares a saved notebook with the same notebook after a run: the kinds of output and all text. Pictures and HTML may differ in their
/// numbers.
/// </summary>
internal static class NotebookCheck
{
    private const int Shown = 160;

    /// <summary>The changes, one line each, naming the cell; empty if there are none.</summary>
    internal static IReadOnlyList<string> Compare(Notebook saved, Notebook now)
    {
        var changes = new List<string>();
        foreach (var (before, after) in saved.Cells.Zip(now.Cells))
        {
            if (!before.IsCode) continue;
            string place = $"{saved.Path}: cell {before.Number}";
            if (before.Outputs.Count != after.Outputs.Count)
            {
                changes.Add($"{place}: {before.Outputs.Count} outputs are saved, the run gave {after.Outputs.Count}.");
                continue;
            }
            foreach (var (i, (old, fresh)) in before.Outputs.Zip(after.Outputs).Index())
            {
                string forms = Forms(old), now1 = Forms(fresh);
                if (forms != now1) changes.Add($"{place}, output {i + 1}: {forms} is saved, the run gave {now1}.");
                else if (Difference(old.Text, fresh.Text) is { } difference) changes.Add($"{place}, output {i + 1}{difference}");
            }
        }
        return changes;
    }

    private static string Forms(CellOutput output) =>
        $"{output.Kind} ({string.Join(", ", output.Forms.Keys.Order(StringComparer.Ordinal))})";

    private static string? Difference(string saved, string now)
    {
        string[] before = saved.TrimEnd('\n').Split('\n'), after = now.TrimEnd('\n').Split('\n');
        for (int line = 0; line < Math.Max(before.Length, after.Length); line++)
        {
            string old = line < before.Length ? before[line] : "(nothing)", fresh = line < after.Length ? after[line] : "(nothing)";
            if (old != fresh) return $", line {line + 1}: '{Short(old)}' is saved, the run gave '{Short(fresh)}'.";
        }
        return null;
    }

    private static string Short(string text) => text.Length <= Shown ? text : text[..Shown] + "…";
}
