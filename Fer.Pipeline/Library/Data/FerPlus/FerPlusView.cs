using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// A view of the FER2013 CSV with FER+'s votes joined by row number. Both files must name the same splits row by row:
/// that is the one sign that they belong together.
/// </summary>
internal sealed class FerPlusView(IDataView source, string sourceName, string votesPath) : IDataView
{
    private readonly Lazy<FerPlusVotes> _votes = new(() => FerPlusVotes.Read(votesPath));

    public DataViewSchema Schema => FaceColumns.SchemaWithVotes;

    public bool CanShuffle => source.CanShuffle;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? seed = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        bool joins = needed.Any(column => column.Name == FaceColumns.Votes);
        var fromSource = needed.Where(column => column.Name != FaceColumns.Votes).Select(column => source.Schema[column.Name]);
        if (joins) fromSource = fromSource.Concat([source.Schema[FaceColumns.Row], source.Schema[FaceColumns.Usage]]);
        return new Cursor(this, needed, source.GetRowCursor(fromSource, seed), joins);
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly FerPlusView _view;
        private readonly DataViewRowCursor _source;
        private readonly ValueGetter<long>? _getRow;
        private readonly ValueGetter<uint>? _getUsage;
        private long _row;
        private uint _usage;

        public Cursor(FerPlusView view, DataViewSchema.Column[] needed, DataViewRowCursor source, bool joins) : base(view.Schema, needed)
        {
            (_view, _source) = (view, source);
            if (!joins) return;
            _getRow = source.GetGetter<long>(source.Schema[FaceColumns.Row]);
            _getUsage = source.GetGetter<uint>(source.Schema[FaceColumns.Usage]);
        }

        private protected override bool MoveNextCore()
        {
            if (!_source.MoveNext()) return false;
            if (_getRow is not null) Join();
            return true;
        }

        private void Join()
        {
            _getRow!(ref _row);
            _getUsage!(ref _usage);
            var votes = _view._votes.Value;
            if (_row >= votes.Count)
            {
                throw new FerException($"{_view.Files}: row {_row + 1:N0} of the faces has no votes, FER+ ends after {votes.Count:N0}. " +
                    "Use the CSV of Kaggle's challenge, rows in its order.");
            }
            if ((uint)votes.Usage((int)_row) + 1 != _usage)
            {
                throw new FerException($"{_view.Files}: row {_row + 1:N0} is {(Usage)(_usage - 1)} among the faces and {votes.Usage((int)_row)} in FER+. " +
                    "The files do not belong together row by row: use the CSV of Kaggle's challenge, rows in its order.");
            }
        }

        internal override Delegate CreateGetter(DataViewSchema.Column column)
        {
            if (column.Name != FaceColumns.Votes) return _source.CreateGetter(_source.Schema[column.Name]);
            var row = new float[FerPlusVotes.VoteCount];
            return new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
            {
                _view._votes.Value.CopyTo((int)_row, row);
                value.Assign(row);
            });
        }

        private protected override void Dispose(bool disposing) => _source.Dispose();
    }

    private string Files => $"{sourceName} and {votesPath}";
}
