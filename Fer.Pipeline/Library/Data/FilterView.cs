namespace Fer.Pipeline.Data;

/// <summary>The rows of a view whose value in one column pleases a predicate.</summary>
internal sealed class FilterView<T>(IDataView source, DataViewSchema.Column column, Predicate<T> keep) : IDataView
{
    public DataViewSchema Schema => source.Schema;

    public bool CanShuffle => source.CanShuffle;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? seed = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        return new Cursor(Schema, needed, source.GetRowCursor(needed.Append(column), seed), column, keep);
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly DataViewRowCursor _source;
        private readonly ValueGetter<T> _getter;
        private readonly Predicate<T> _keep;
        private T _value = default!;

        public Cursor(DataViewSchema schema, DataViewSchema.Column[] needed, DataViewRowCursor source, DataViewSchema.Column column, Predicate<T> keep)
            : base(schema, needed)
        {
            _source = source;
            _getter = source.GetGetter<T>(column);
            _keep = keep;
        }

        private protected override bool MoveNextCore()
        {
            while (_source.MoveNext())
            {
                _getter(ref _value);
                if (_keep(_value)) return true;
            }
            return false;
        }

        internal override Delegate CreateGetter(DataViewSchema.Column column) => _source.CreateGetter(column);

        private protected override void Dispose(bool disposing) => _source.Dispose();
    }
}
