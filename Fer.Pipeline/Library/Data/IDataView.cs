namespace Fer.Pipeline.Data;

/// <summary>
/// Rows with a schema, read lazily and as often as wanted, as in ML.NET: nothing is read before a cursor moves,
/// and a cursor reads only the columns it was asked for.
/// </summary>
public interface IDataView
{
    /// <summary>The columns.</summary>
    DataViewSchema Schema { get; }

    /// <summary>True where <see cref="GetRowCursor"/> heeds its seed.</summary>
    bool CanShuffle { get; }

    /// <summary>Number of rows, or null where only reading them all would tell.</summary>
    long? GetRowCount();

    /// <summary>A cursor over all rows that reads <paramref name="columnsNeeded"/> alone.</summary>
    /// <param name="columnsNeeded">Columns of <see cref="Schema"/>.</param>
    /// <param name="seed">Order the rows come in, where <see cref="CanShuffle"/>; null is the view's own order.</param>
    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? seed = null);
}
