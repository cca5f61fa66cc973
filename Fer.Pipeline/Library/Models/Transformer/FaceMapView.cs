using Microsoft.ML;

namespace Fer.Pipeline.Models;

/// <summary>
/// A view with what a <see cref="FaceMap"/> makes of its faces. It keeps the order of its input; to shuffle, shuffle that.
/// </summary>
internal sealed class FaceMapView(IDataView input, FaceMapSchema schema) : IDataView
{
    public DataViewSchema Schema => schema.Output;

    public bool CanShuffle => false;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new FaceMapCursor(input, schema, columnsNeeded);

    /// <summary>One cursor: the engine uses all threads by itself.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded)];
}
