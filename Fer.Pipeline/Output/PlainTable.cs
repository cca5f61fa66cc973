namespace Fer.Output;

/// <summary>A table in plain text: the first column to the left, the others to the right, no control codes.</summary>
internal sealed class PlainTable(params IReadOnlyList<string> headers)
{
    private readonly List<IReadOnlyList<string>> _rows = [headers];

    internal void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    internal void Write(TextWriter writer)
    {
        int[] widths = [.. headers.Select((_, column) => _rows.Max(r => column < r.Count ? r[column].Length : 0))];
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
