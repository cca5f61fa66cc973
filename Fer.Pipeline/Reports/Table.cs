namespace Fer.Pipeline.Reports;

/// <summary>Rows of text under named columns; the first column names the row.</summary>
internal sealed record Table(IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A column's name, and whether it holds numbers, which stand to the right.</summary>
internal sealed record TableColumn(string Name, bool Numeric = true);
