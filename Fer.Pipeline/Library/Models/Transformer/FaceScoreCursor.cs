using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>
/// Walks over the rows of a <see cref="FaceScoreView"/>. Faces are read ahead by a cursor of their own, so that the engine gets a batch
/// at a time while
/// the other columns stay with the row at hand; where no other column is asked for, that cursor is the only one.
/// </summary>
internal sealed class FaceScoreCursor : DataViewRowCursor
{
    private const int BatchSize = 64;

    private readonly FaceScoreSchema _schema;
    private readonly FerModel _model;
    private readonly bool[] _active;
    private readonly DataViewRowCursor? _ahead, _through;
    private readonly FacePixels? _pixels;
    private readonly ValueGetter<DataViewRowId>? _id;
    private readonly float[] _faces = [];
    private readonly DataViewRowId[] _ids = [];
    private float[] _scores = [];
    private int _at = -1, _count;
    private long _position = -1;
    private bool _isDisposed;

    internal FaceScoreCursor(IDataView input, FaceScoreSchema schema, FerModel model, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        (_schema, _model, _active) = (schema, model, schema.Active(columnsNeeded));
        DataViewSchema.Column[] through = [.. schema.Through(_active)];
        if (_active.AsSpan(schema.Input.Count).Contains(true))
        {
            _ahead = input.GetRowCursor([schema.Faces]);
            _pixels = FacePixels.Create(_ahead, schema.Faces);
            _id = _ahead.GetIdGetter();
            _faces = new float[BatchSize * Face.PixelCount];
            _ids = new DataViewRowId[BatchSize];
        }
        if (_ahead is null || through.Length > 0) _through = input.GetRowCursor(through);
    }

    public override DataViewSchema Schema => _schema.Output;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override bool MoveNext()
    {
        if (_ahead is not null && ++_at >= _count) ReadAhead();
        bool isRow = _ahead is null ? _through!.MoveNext() : _at < _count;
        if (isRow && _ahead is not null && _through?.MoveNext() == false)
            throw new FerException(
                $"The data gave {_position + 1:N0} rows at one pass and more at another. Cache it, or read it from files " +
                "that do not change.");
        _position = isRow ? _position + 1 : -1;
        return isRow;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => _ahead is null
        ? _through!.GetIdGetter()
        : (ref DataViewRowId value) => value = _ids[OnRow()];

    /// <exception cref="InvalidOperationException">The column was not asked for, or holds another type.</exception>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new InvalidOperationException($"The column '{column.Name}' was not among the columns asked for.");
        if (!_schema.IsMade(column)) return _through!.GetGetter<TValue>(_schema.Input[column.Index]);
        return _schema.Getter<TValue>(column, () => _scores.AsMemory(OnRow() * _model.ClassNames.Count, _model.ClassNames.Count));
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
        _scores = _model.Predict(_faces.AsSpan(0, _count * Face.PixelCount), _count);
        _at = 0;
    }

    private int OnRow() =>
        _position >= 0 ? _at : throw new InvalidOperationException(
            "The cursor is not on a row: MoveNext has not been called, or there are no more.");
}
