namespace Fer.Pipeline.Reports;

/// <summary>Rows of text under named columns; the first column names the row.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">Each with as many texts as there are columns.</param>
public sealed record Table(IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Numeric">Whether it holds numbers, which are aligned right.</param>
/// <param name="Wraps">Whether long text in it is wrapped.</param>
public sealed record TableColumn(string Name, bool Numeric = true, bool Wraps = false);
