namespace Fer.Pipeline.Reports;

/// <summary>Rows of text under named columns; the first column names the row.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">As many texts each as there are columns.</param>
public sealed record Table(IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Numeric">Whether it holds numbers, which stand to the right.</param>
/// <param name="Wraps">Whether long text in it breaks into lines.</param>
public sealed record TableColumn(string Name, bool Numeric = true, bool Wraps = false);
