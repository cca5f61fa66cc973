using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>The sample faces as a view, split by <see cref="StratifiedSplit"/>. They are drawn when a cursor comes to them, some hundred at a time on all cores.</summary>
internal sealed class SampleFaceView(int count, long seed) : IDataView
{
    private const int Batch = 256;

    public DataViewSchema Schema => FaceColumns.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? unusedSeed = null) =>
        new Cursor(count, seed, Schema, columnsNeeded);

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly int _count;
        private readonly long _seed;
        private readonly StratifiedSplit _split;
        private readonly byte[]? _pixels;
        private int _row = -1;
        private Usage _usage;

        public Cursor(int count, long seed, DataViewSchema schema, IEnumerable<DataViewSchema.Column> needed) : base(schema, needed)
        {
            (_count, _seed, _split) = (count, seed, new StratifiedSplit(seed));
            if (IsColumnActive(schema[FaceColumns.Pixels])) _pixels = new byte[Math.Min(count, Batch) * Face.PixelCount];
        }

        private protected override bool MoveNextCore()
        {
            if (_row + 1 >= _count) return false;
            _row++;
            _usage = _split.Next(SampleFaces.EmotionOf(_row));
            if (_row % Batch == 0 && _pixels is { } pixels)
            {
                // Each face has a random stream of its own, so the threads' order does not matter.
                Parallel.For(0, Math.Min(Batch, _count - _row), i =>
                    SampleFaces.Draw(_seed, _row + i, pixels.AsSpan(i * Face.PixelCount, Face.PixelCount)));
            }
            return true;
        }

        internal override Delegate CreateGetter(DataViewSchema.Column column) => column.Name switch
        {
            FaceColumns.Emotion => new ValueGetter<uint>((ref uint value) => value = (uint)SampleFaces.EmotionOf(_row) + 1),
            FaceColumns.Pixels => new ValueGetter<VBuffer<byte>>((ref VBuffer<byte> value) =>
                value.Assign(_pixels.AsSpan(_row % Batch * Face.PixelCount, Face.PixelCount))),
            FaceColumns.Usage => new ValueGetter<uint>((ref uint value) => value = (uint)_usage + 1),
            _ => new ValueGetter<long>((ref long value) => value = _row),
        };
    }
}
