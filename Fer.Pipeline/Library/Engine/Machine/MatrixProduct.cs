namespace Fer.Pipeline.Engine;

/// <summary>
/// Rows of values times a parameter's matrix: row i is read at <c>offsets[i]</c> and written at <c>results[i]</c>. The matrix is packed once a pass;
/// several threads may then work on rows of their own.
/// </summary>
internal sealed unsafe class MatrixProduct<V> where V : struct, ISimd<V>
{
    private readonly TapConvolution<V> _taps;
    private readonly nint _rowStep, _columnStep, _start;

    /// <param name="offsets">Where each row starts.</param>
    /// <param name="results">Where each result starts.</param>
    /// <param name="summed">Values of a row.</param>
    /// <param name="made">Values of a result.</param>
    /// <param name="rowStep">Floats from the matrix's weight of one summed value to the next.</param>
    /// <param name="columnStep">Floats from the weight of one made value to the next.</param>
    /// <param name="start">Where the matrix starts in its parameter.</param>
    internal MatrixProduct(nint[] offsets, nint[] results, int summed, int made, nint rowStep, nint columnStep, nint start = 0)
    {
        _taps = new TapConvolution<V>(offsets, results, [(0, 0)], summed, made);
        (_rowStep, _columnStep, _start) = (rowStep, columnStep, start);
    }

    internal long PackedLength => _taps.PackedLength;

    internal static int ScratchLength => TapConvolution<V>.ScratchLength;

    internal void Pack(float* matrix, float* packed, Share share)
    {
        var (first, last) = share.Of(_taps.Blocks);
        _taps.Pack(matrix + _start, _rowStep, _columnStep, packed, first, last);
    }

    /// <summary>Works out the first <paramref name="rows"/> rows; <paramref name="start"/> is what each result starts from, or null.</summary>
    internal void Run(float* x, float* packed, float* start, float* y, bool accumulate, int rows, float* scratch)
    {
        for (int block = 0; block < _taps.Blocks; block++) _taps.Run(x, packed, block, start, y, accumulate, rectify: false, scratch, 0, rows);
    }

    /// <summary>0, step, 2 * step, …</summary>
    internal static nint[] Steps(long count, nint step)
    {
        var steps = new nint[count];
        for (int i = 0; i < steps.Length; i++) steps[i] = i * step;
        return steps;
    }
}
