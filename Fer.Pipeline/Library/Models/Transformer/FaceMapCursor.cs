using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>
/// Walks over the rows of a <see cref="FaceMapView"/>. Faces are read ahead by a cursor of their own, so that the engine gets a batch at a
/// time while the other columns stay with the row at hand; where no other column is asked for, that cursor is the only one.
/// </summary>
internal sealed class FaceMapCursor : DataViewRowCursor
{
    private const int BatchSize = 64;

    private readonly FaceMapSchema _schema;
    private readonly bool[] _active;
    private readonly DataViewRowCursor? _ahead, _through;
    private readonly FacePixels? _pixels;
    private readonly ValueGetter<DataViewRowId>? _id, _throughId;
    private readonly float[] _faces = [];
    private readonly DataViewRowId[] _ids = [];
    private float[] _values = [];
    private int _at = -1, _count;
    private long _position = -1, _computed;
    private bool _isDisposed;

    internal FaceMapCursor(IDataView input, FaceMapSchema schema, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        (_schema, _active) = (schema, schema.Active(columnsNeeded));
        DataViewSchema.Column[] through = [.. schema.Through(_active)];
        if (schema.AreAnyMade(_active))
        {
            _ahead = input.GetRowCursor([schema.Faces]);
            _pixels = FacePixels.Create(_ahead, schema.Faces);
            _id = _ahead.GetIdGetter();
            _faces = new float[BatchSize * Face.PixelCount];
            _ids = new DataViewRowId[BatchSize];
        }
        if (_ahead is not null && through.Length == 0) return;
        _through = input.GetRowCursor(through);
        _throughId = _through.GetIdGetter();
    }

    public override DataViewSchema Schema => _schema.Output;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override bool MoveNext()
    {
        if (_ahead is not null && ++_at >= _count) ReadAhead();
        bool isRow = _ahead is null ? _through!.MoveNext() : _at < _count;
        if (isRow && _ahead is not null && _through is not null) MoveThrough();
        _position = isRow ? _position + 1 : -1;
        return isRow;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => _throughId ?? ((ref DataViewRowId value) => value = _ids[OnRow()]);

    /// <exception cref="InvalidOperationException">The column was not asked for, or holds another type.</exception>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new InvalidOperationException($"The column '{column.Name}' was not among the columns asked for.");
        if (!_schema.IsMade(column)) return _through!.GetGetter<TValue>(_schema.Input[column.Index]);
        return _schema.Getter<TValue>(column, () => _values.AsMemory(OnRow() * _schema.Map.Length, _schema.Map.Length));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _ahead?.Dispose();
            _through?.Dispose();
        }
        base.Dispose(disposing);
    }

    private void ReadAhead()
    {
        for (_count = 0; _count < BatchSize && _ahead!.MoveNext(); _count++)
        {
            _pixels!.CopyTo(_faces.AsSpan(_count * Face.PixelCount, Face.PixelCount));
            _id!(ref _ids[_count]);
        }
        _at = 0;
        if (_count == 0) return;
        _values = _schema.Map.Compute(_faces.AsSpan(0, _count * Face.PixelCount), _count);
        _computed += _count;
        _schema.Map.Report(_computed);
    }

    /// <summary>
    /// Goes on with the other columns, which must be those of the same row: labels beside the wrong face would go unnoticed.
    /// </summary>
    private void MoveThrough()
    {
        DataViewRowId id = default;
        bool isRow = _through!.MoveNext();
        if (isRow) _throughId!(ref id);
        if (isRow && id.Equals(_ids[_at])) return;
        throw new FerException($"At row {_position + 1:N0} two passes over the data gave different rows. " +
            "Give ShuffleRows a seed, cache the data, or read it from files that do not change.");
    }

    private int OnRow() => _position >= 0 ? _at : throw new InvalidOperationException(
        "The cursor is not on a row: MoveNext has not been called, or there are no more.");
}
