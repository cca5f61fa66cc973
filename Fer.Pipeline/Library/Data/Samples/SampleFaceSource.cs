using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// The sample faces, split by <see cref="StratifiedSplit"/>. They are drawn when a reader comes to them, some hundred at a time on all
/// cores.
/// </summary>
internal sealed class SampleFaceSource : FaceSource
{
    private const int Batch = 256;
    private readonly int _count;
    private readonly long _seed;

    /// <exception cref="FerUsageException">The count is not positive.</exception>
    internal SampleFaceSource(int count, long seed)
    {
        if (count < 1) throw new FerUsageException($"{count} sample faces: one is the least.");
        (_count, _seed) = (count, seed);
    }

    internal override string Name => "sample faces";

    internal override bool CanShuffle => true;

    internal override long? CountRows(LabelScheme scheme)
    {
        long rows = 0;
        // Emotions come in turn: each has a seventh of the faces, and the first ones the rest.
        for (int e = 0; e < SampleFaces.Expressions; e++)
            if (scheme.ClassOf((Emotion)e) >= 0) rows += (_count - e + SampleFaces.Expressions - 1) / SampleFaces.Expressions;
        return rows;
    }

    internal override FaceReader Open(LabelScheme? scheme, bool usage, bool pixels, long? seed) => new Reader(_count, _seed, pixels, seed);

    private sealed class Reader : FaceReader
    {
        private readonly int _count;
        private readonly long _seed;
        private readonly StratifiedSplit _split;
        private readonly int[]? _order;
        private readonly byte[]? _pixels;
        private int _place = -1;

        internal Reader(int count, long seed, bool pixels, long? orderSeed)
        {
            (_count, _seed, _split) = (count, seed, new StratifiedSplit(seed));
            if (pixels) _pixels = new byte[Math.Min(count, Batch) * Face.PixelCount];
            if (orderSeed is not { } order) return;
            _order = [.. Enumerable.Range(0, count)];
            new RandomStream(order).Shuffle<int>(_order);
        }

        internal override ReadOnlySpan<byte> Pixels => _pixels.AsSpan(_place % Batch * Face.PixelCount, Face.PixelCount);

        internal override bool MoveNext()
        {
            if (_place + 1 >= _count) return false;
            _place++;
            int row = Index(_place);
            Row = row;
            var emotion = SampleFaces.EmotionOf(row);
            Label = EmotionNames.NameOf(emotion);
            Usage = _split.At((long)emotion, row / SampleFaces.Expressions);
            if (_place % Batch == 0 && _pixels is { } pixels)
            {
                // Each face has a random stream of its own, so the threads' order does not matter.
                Parallel.For(0, Math.Min(Batch, _count - _place), i =>
                    SampleFaces.Draw(_seed, Index(_place + i), pixels.AsSpan(i * Face.PixelCount, Face.PixelCount)));
            }
            return true;
        }

        private int Index(int place) => _order is null ? place : _order[place];
    }
}
