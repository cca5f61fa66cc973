namespace Fer.Pipeline.Data;

/// <summary>
/// The FER2013 CSV as Kaggle has it, plain or gzipped. Any column order, fields quoted or not, LF or CRLF, with or without a UTF-8 byte order
/// mark; blank lines are passed over. An emotion is its number 0 … 6 or a name. Without a Usage column rows are split by <see cref="StratifiedSplit"/>.
/// </summary>
internal sealed class FerCsvView(string path, FaceViewOptions options) : IDataView
{
    public DataViewSchema Schema => FaceColumns.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? seed = null) =>
        new FerCsvCursor(path, options, Schema, columnsNeeded);
}
