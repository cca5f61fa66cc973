namespace Fer.Pipeline.Engine;

/// <summary>
/// Rows of values times a parameter matrix: row i is read at <c>offsets[i]</c> and written at <c>results[i]</c>. The matrix is packed once
/// per pass; several threads may then each process their own rows.
/// </summary>
internal sealed unsafe class MatrixProduct<V> where V : struct, ISimd<V>
{
    private readonly TapConvolution<V> _taps;
    private readonly nint _rowStep, _columnStep, _start;

    /// <param name="offsets">Offset of each row.</param>
    /// <param name="results">Offset of each result.</param>
    /// <param name="summed">Number of values in a row.</param>
    /// <param name="made">Number of values in a result.</param>
    /// <param name="rowStep">Stride in floats between the weights of successive summed values.</param>
    /// <param name="columnStep">Stride in floats between the weights of successive result values.</param>
    /// <param name="start">Offset of the matrix in its parameter.</param>
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

    /// <summary>
    /// Computes the first <paramref name="rows"/> rows; <paramref name="start"/> is the initial value of each result, or null.
    /// </summary>
    internal void Run(float* x, float* packed, float* start, float* y, bool accumulate, int rows, float* scratch)
    {
        for (int block = 0; block < _taps.Blocks; block++)
            _taps.Run(x, packed, block, start, y, accumulate, rectify: false, scratch, 0, rows);
    }

    /// <summary>0, step, 2 * step, …</summary>
    internal static nint[] Steps(long count, nint step)
    {
        var steps = new nint[count];
        for (int i = 0; i < steps.Length; i++) steps[i] = i * step;
        return steps;
    }
}
