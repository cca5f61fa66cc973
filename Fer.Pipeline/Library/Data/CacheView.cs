namespace Fer.Pipeline.Data;

/// <summary>Keeps what was read of a view in memory: each column is read from the source once, when a cursor first asks for it.</summary>
internal sealed class CacheView(IDataView source) : IDataView
{
    private readonly Lock _lock = new();
    private readonly ColumnCache[] _columns = [.. source.Schema.Select(column => column.Type.CreateCache())];
    private readonly bool[] _filled = new bool[source.Schema.Count];
    private int _rows = -1;

    public DataViewSchema Schema => source.Schema;

    public bool CanShuffle => true;

    public long? GetRowCount() => _rows >= 0 ? _rows : source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? seed = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        return new Cursor(this, needed, seed);
    }

    private int Fill(DataViewSchema.Column[] needed)
    {
        lock (_lock)
        {
            DataViewSchema.Column[] missing = [.. needed.Where(column => !_filled[column.Index])];
            if (missing.Length == 0 && _rows >= 0) return _rows;
            // What an earlier attempt left behind before it failed.
            foreach (var column in missing) _columns[column.Index].Clear();
            using var cursor = source.GetRowCursor(missing);
            Action[] readers = [.. missing.Select(column => _columns[column.Index].Reader(cursor, column))];
            int rows = 0;
            for (; cursor.MoveNext(); rows++)
                foreach (var read in readers) read();
            if (_rows >= 0 && rows != _rows)
                throw new FerException($"The data changed while it was read: {rows} rows now, {_rows} before. Run again.");
            foreach (var column in missing) _filled[column.Index] = true;
            return _rows = rows;
        }
    }

    private sealed class Cursor(CacheView view, DataViewSchema.Column[] needed, long? seed) : DataViewRowCursor(view.Schema, needed)
    {
        private int[]? _order;
        private int _next;
        private int _row;
        private int _rows = -1;

        private protected override bool MoveNextCore()
        {
            // The source is read at the first move, not when the cursor is made: a view stays lazy.
            if (_rows < 0) Start();
            if (_next >= _rows) return false;
            _row = _order is null ? _next : _order[_next];
            _next++;
            return true;
        }

        private void Start()
        {
            _rows = view.Fill(needed);
            if (seed is null) return;
            _order = new int[_rows];
            for (int i = 0; i < _rows; i++) _order[i] = i;
            new RandomStream(seed.Value).Shuffle<int>(_order);
        }

        internal override Delegate CreateGetter(DataViewSchema.Column column) => view._columns[column.Index].Getter(() => _row);
    }
}
