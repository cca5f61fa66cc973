namespace Fer.Pipeline.Engine;

/// <summary>
/// A convolution as a list of taps over a list of pixels: result[pixel, column] = start[column] + Σ over taps t and channels r of
/// input[pixel + t, r] * weight[t, r, column]. The forward pass is one of these; the input gradient is one for each phase of the stride,
/// with flipped weights. Weights are packed as [block, tap, row, columns of a tile].
/// </summary>
internal sealed unsafe class TapConvolution<V> where V : struct, ISimd<V>
{
    /// <summary>Tiles processed before moving to the next chunk of weights: their sums stay in the L1 cache.</summary>
    private const int TilesPerBlock = 16;

    /// <summary>Maximum bytes of weights in a chunk, so that they stay in the L1 cache next to the pixels.</summary>
    private const int ChunkBytes = 20 * 1024;

    private readonly nint[] _pixels;
    private readonly nint[] _results;
    private readonly nint[] _taps;
    private readonly int[] _weightTaps;
    private readonly (int Tap, int Taps, int Row, int Rows)[] _chunks;
    private readonly int _rows, _columns;

    /// <param name="pixels">Offset of each pixel in the input, in floats.</param>
    /// <param name="results">Offset of each pixel in the result.</param>
    /// <param name="taps">Offset of each tap from its pixel, and its index in the kernel.</param>
    /// <param name="rows">Number of summed channels.</param>
    /// <param name="columns">Number of result channels.</param>
    internal TapConvolution(nint[] pixels, nint[] results, (nint Offset, int Weight)[] taps, int rows, int columns)
    {
        _taps = GC.AllocateArray<nint>(Math.Max(1, taps.Length), pinned: true);
        for (int i = 0; i < taps.Length; i++) _taps[i] = taps[i].Offset;
        _weightTaps = [.. taps.Select(t => t.Weight)];
        _rows = rows;
        _columns = columns;
        PixelCount = pixels.Length;
        // The last tile is padded with copies of its last pixel; the extra results are discarded.
        int padded = checked((int)(((long)PixelCount + Tile - 1) / Tile * Tile));
        _pixels = GC.AllocateArray<nint>(padded, pinned: true);
        _results = results;
        for (int i = 0; i < padded; i++) _pixels[i] = pixels[Math.Min(i, PixelCount - 1)];
        _chunks = Chunks(taps.Length, rows);
    }

    private static int Tile => ConvolutionTile<V>.Rows;

    /// <summary>Columns per block.</summary>
    internal static int BlockColumns => ConvolutionTile<V>.Columns;

    internal int PixelCount { get; }

    /// <summary>True if there is nothing to sum and every result is its initial value; then nothing is packed either.</summary>
    internal bool HasNoTaps => _weightTaps.Length == 0;

    /// <summary>Number of blocks of columns.</summary>
    internal int Blocks => (_columns + BlockColumns - 1) / BlockColumns;

    /// <summary>Floats of the packed weights.</summary>
    internal long PackedLength => (long)Blocks * _taps.Length * _rows * BlockColumns;

    /// <summary>Floats of scratch that <see cref="Run"/> needs.</summary>
    internal static int ScratchLength => TilesPerBlock * Tile * BlockColumns;

    /// <summary>
    /// Packs the weights of blocks [first, last); <paramref name="weights"/> is read at row * rowStride + column * columnStride + tap.
    /// </summary>
    internal void Pack(float* weights, nint rowStride, nint columnStride, float* packed, int first, int last)
    {
        for (int block = first; block < last; block++)
        {
            float* target = packed + (long)block * _weightTaps.Length * _rows * BlockColumns;
            int start = block * BlockColumns, used = Math.Min(BlockColumns, _columns - start);
            foreach (int tap in _weightTaps)
                for (int row = 0; row < _rows; row++, target += BlockColumns)
                {
                    float* source = weights + row * rowStride + start * columnStride + tap;
                    for (int column = 0; column < used; column++) target[column] = source[column * columnStride];
                    for (int column = used; column < BlockColumns; column++) target[column] = 0f;
                }
        }
    }

    /// <summary>
    /// Computes pixels [firstPixel, lastPixel) of one image for one block of columns; <paramref name="firstPixel"/> is a multiple of the
    /// tile.
    /// </summary>
    /// <param name="input">The image, padded.</param>
    /// <param name="packed">All packed weights.</param>
    /// <param name="block">Index of the block of columns.</param>
    /// <param name="start">[columns] initial values of the sums, or null for zero.</param>
    /// <param name="result">The output image.</param>
    /// <param name="accumulate">True to add to the existing values.</param>
    /// <param name="rectify">True to write max(y, 0); cannot be combined with <paramref name="accumulate"/>.</param>
    /// <param name="scratch">[<see cref="ScratchLength"/>].</param>
    /// <param name="firstPixel">First pixel.</param>
    /// <param name="lastPixel">One past the last pixel.</param>
    internal void Run(float* input, float* packed, int block, float* start, float* result, bool accumulate, bool rectify, float* scratch,
        int firstPixel, int lastPixel)
    {
        int columns = BlockColumns, firstColumn = block * columns, used = Math.Min(columns, _columns - firstColumn);
        float* begin = stackalloc float[columns];
        new Span<float>(begin, columns).Clear();
        if (start != null) Loops.Copy(start + firstColumn, begin, used);
        float* blockWeights = packed + (long)block * _weightTaps.Length * _rows * columns;
        // Whole tiles of whole blocks are written directly to their destination.
        bool isDirect = used == columns && !accumulate && _chunks.Length > 0;
        fixed (nint* pixels = _pixels, taps = _taps, results = _results)
            for (int pixel = firstPixel; pixel < lastPixel; pixel += TilesPerBlock * Tile)
            {
                int end = Math.Min(lastPixel, pixel + TilesPerBlock * Tile), stored = pixel;
                for (int chunk = 0; chunk < _chunks.Length; chunk++)
                {
                    var (tap, tapCount, row, rowCount) = _chunks[chunk];
                    float* weights = blockWeights + ((long)tap * _rows + row) * columns;
                    bool isLast = isDirect && chunk == _chunks.Length - 1;
                    for (int p = pixel; p < end; p += Tile)
                    {
                        float* sums = scratch + (p - pixel) * columns, from = chunk == 0 ? begin : sums;
                        nint fromStep = chunk == 0 ? 0 : columns;
                        if (isLast && p + Tile <= end)
                        {
                            ConvolutionTile<V>.Forward(input + row, pixels + p, taps + tap, tapCount, rowCount, weights, from, fromStep,
                                result + firstColumn, results + p, rectify);
                            stored = p + Tile;
                        }
                        else
                        {
                            ConvolutionTile<V>.Forward(input + row, pixels + p, taps + tap, tapCount, rowCount, weights, from, fromStep,
                                sums);
                        }
                    }
                }
                if (_chunks.Length == 0)
                    for (int p = 0; p < end - pixel; p++) Loops.Copy(begin, scratch + p * columns, columns);
                for (int p = stored; p < end; p++)
                    Store(scratch + (p - pixel) * columns, result + results[p] + firstColumn, used, accumulate, rectify);
            }
    }

    private static void Store(float* sums, float* target, int used, bool accumulate, bool rectify)
    {
        if (rectify)
        {
            V.Store(sums, V.Max(V.Load(sums), default));
            V.Store(sums + V.Width, V.Max(V.Load(sums + V.Width), default));
        }
        if (accumulate) Loops.AddTo<V>(target, sums, used);
        else if (used == BlockColumns)
        {
            V.Store(target, V.Load(sums));
            V.Store(target + V.Width, V.Load(sums + V.Width));
        }
        else Loops.Copy(sums, target, used);
    }

    /// <summary>
    /// Splits taps times rows into chunks whose weights fit in the L1 cache: several whole taps if they fit, otherwise parts of one.
    /// </summary>
    private static (int, int, int, int)[] Chunks(int taps, int rows)
    {
        int most = Math.Max(8, ChunkBytes / (BlockColumns * sizeof(float)));
        var chunks = new List<(int, int, int, int)>();
        if (rows <= most)
        {
            // In 64 bits: a file decides both, and the product of two counts leaves 32.
            long count = Math.Max(1, ((long)taps * rows + most - 1) / most);
            for (long i = 0; i < count && taps > 0; i++)
            {
                int from = (int)(taps * i / count), to = (int)(taps * (i + 1) / count);
                if (to > from) chunks.Add((from, to - from, 0, rows));
            }
        }
        else
        {
            int count = (rows + most - 1) / most;
            for (int tap = 0; tap < taps; tap++)
                for (int i = 0; i < count; i++)
                {
                    int from = (int)((long)rows * i / count), to = (int)((long)rows * (i + 1) / count);
                    chunks.Add((tap, 1, from, to - from));
                }
        }
        return [.. chunks];
    }
}
