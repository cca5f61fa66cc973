using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Data;

/// <summary>Walks over the rows of a <see cref="FaceDataView"/>.</summary>
internal sealed class FaceDataCursor : DataViewRowCursor
{
    private readonly FaceDataView _view;
    private readonly FaceReader _reader;
    private readonly bool[] _active;
    // Finds the votes of each row; null where nothing asks for them.
    private readonly IFerPlusLookup? _lookup;
    private readonly bool _joinsByPixels;
    private readonly float[] _votes = new float[FerPlusVotes.VoteCount];
    private readonly float[] _target;
    private int _label;
    private long _position = -1;

    internal FaceDataCursor(FaceDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded, long? seed)
    {
        _view = view;
        _active = FaceColumns.Active(view.Schema, columnsNeeded);
        _target = new float[view.Scheme.ClassNames.Count];
        if (view.VotesAreLabels || IsActive(FaceColumns.Votes)) _lookup = view.Join?.Open();
        _joinsByPixels = _lookup is not null && view.Join!.NeedsPixels;
        bool pixels = _joinsByPixels || IsActive(FaceColumns.Pixels) || IsActive(FaceColumns.Image);
        _reader = view.Source.Open(view.Scheme, _lookup is not null || IsActive(FaceColumns.Usage), pixels, seed);
    }

    /// <summary>Sound rows so far that the scheme, or FER+'s votes, leave out.</summary>
    internal int LeftOut { get; private set; }

    public override DataViewSchema Schema => _view.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override bool MoveNext()
    {
        long next = _position + 1;
        _position = -1;
        while (_reader.MoveNext())
        {
            if (!TryLabel())
            {
                LeftOut++;
                continue;
            }
            _position = next;
            return true;
        }
        return false;
    }

    private bool TryLabel()
    {
        _lookup?.CopyTo(new FaceOfVotes(_reader.Row, _reader.Usage, _reader.Label), _joinsByPixels ? _reader.Pixels : default, _votes);
        if (_view.VotesAreLabels) return FerPlusTarget.TryCreate(_votes, _view.Scheme, _target, out _label);
        _label = _view.Scheme.ClassOf(_reader.Label);
        return _label >= 0;
    }

    /// <summary>A row's identity is its number in the source, whatever the order.</summary>
    public override ValueGetter<DataViewRowId> GetIdGetter() =>
        (ref DataViewRowId value) => value = new DataViewRowId((ulong)OnRow().Row, 0);

    /// <exception cref="InvalidOperationException">The column was not asked for, or holds another type.</exception>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new InvalidOperationException($"The column '{column.Name}' was not among the columns asked for.");
        return CreateGetter(column.Name) as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"The column '{column.Name}' holds {column.Type}, read as {column.Type.RawType}, not {typeof(TValue)}.");
    }

    private Delegate CreateGetter(string name) => name switch
    {
        FaceColumns.Label => new ValueGetter<uint>((ref uint value) =>
        {
            OnRow();
            value = (uint)_label + 1;
        }),
        FaceColumns.Usage => new ValueGetter<ReadOnlyMemory<char>>((ref ReadOnlyMemory<char> value) =>
            value = FaceColumns.UsageTexts[(int)OnRow().Usage]),
        FaceColumns.Pixels => new ValueGetter<VBuffer<byte>>((ref VBuffer<byte> value) => Copy(OnRow().Pixels, ref value)),
        FaceColumns.Image => new ValueGetter<MLImage>((ref MLImage value) =>
        {
            // As ML.NET's own loader does: what the caller hands in is replaced.
            value?.Dispose();
            value = FaceImage.Create(OnRow().Pixels);
        }),
        FaceColumns.Row => new ValueGetter<long>((ref long value) => value = OnRow().Row),
        _ => new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
        {
            OnRow();
            Copy(_votes, ref value);
        }),
    };

    private FaceReader OnRow() => _position >= 0 ? _reader :
        throw new InvalidOperationException("The cursor stands before the first row or after the last: call MoveNext first.");

    private bool IsActive(string name) => _view.Schema.GetColumnOrNull(name) is { } column && _active[column.Index];

    private static void Copy<T>(ReadOnlySpan<T> from, ref VBuffer<T> value)
    {
        var editor = VBufferEditor.Create(ref value, from.Length);
        from.CopyTo(editor.Values);
        value = editor.Commit();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _reader.Dispose();
        base.Dispose(disposing);
    }
}
