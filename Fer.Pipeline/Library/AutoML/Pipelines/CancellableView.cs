using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// A view whose cursors throw <see cref="OperationCanceledException"/> once cancelled: what reads it stops at the next row.
/// </summary>
internal sealed class CancellableView(IDataView view, CancellationToken cancellation) : IDataView
{
    /// <summary>
    /// Runs what reads cancellable views. A worker thread of ML.NET wraps what it meets; here it becomes the cancellation again.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static T Run<T>(Func<T> work, CancellationToken cancellation)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw new OperationCanceledException("The trial was cancelled.", e, cancellation);
        }
    }

    public bool CanShuffle => view.CanShuffle;

    public DataViewSchema Schema => view.Schema;

    public long? GetRowCount() => view.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(view.GetRowCursor(columnsNeeded, rand), cancellation);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. view.GetRowCursorSet(columnsNeeded, n, rand).Select(cursor => new Cursor(cursor, cancellation))];

    private sealed class Cursor(DataViewRowCursor cursor, CancellationToken cancellation) : DataViewRowCursor
    {
        public override DataViewSchema Schema => cursor.Schema;

        public override long Position => cursor.Position;

        public override long Batch => cursor.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => cursor.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => cursor.GetIdGetter();

        public override bool MoveNext()
        {
            cancellation.ThrowIfCancellationRequested();
            return cursor.MoveNext();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) cursor.Dispose();
            base.Dispose(disposing);
        }
    }
}
