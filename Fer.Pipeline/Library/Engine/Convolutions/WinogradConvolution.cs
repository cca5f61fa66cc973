namespace Fer.Pipeline.Engine;

/// <summary>
/// A 3x3 convolution with stride 1 by <see cref="Winograd{V, F}"/>: transformed inputs times transformed weights, plane by plane,
/// transformed back. The input gradient is such a convolution too: the output's gradient convolved with the flipped kernels.
/// </summary>
internal sealed unsafe class WinogradConvolution<V, F> : ConvolutionPass where V : struct, ISimd<V> where F : struct, IMinimalFilter
{
    private readonly WinogradTiles<V, F> _tiles;
    private readonly nint[] _rows;
    private readonly nint[] _tap = GC.AllocateArray<nint>(1, pinned: true);
    private readonly int _inputs, _outputs;
    private readonly nint _rowStride, _columnStride;
    private readonly bool _turned;

    /// <param name="input">Shape of the input.</param>
    /// <param name="output">Shape of the output.</param>
    /// <param name="padTop">Rows of zero padding above.</param>
    /// <param name="padLeft">Columns of zero padding on the left.</param>
    /// <param name="rowStride">Stride in floats between successive summed channels in the weights.</param>
    /// <param name="columnStride">Stride in floats between successive result channels in the weights.</param>
    /// <param name="turned">True to flip each kernel.</param>
    /// <param name="images">Greatest number of images that a thread has to do.</param>
    internal WinogradConvolution(Shape input, Shape output, int padTop, int padLeft, nint rowStride, nint columnStride, bool turned,
        int images)
    {
        _rowStride = rowStride;
        _columnStride = columnStride;
        _turned = turned;
        _tiles = new WinogradTiles<V, F>(input, output, padTop, padLeft, images: images);
        _inputs = input.Channels;
        _outputs = output.Channels;
        _rows = GC.AllocateArray<nint>(_tiles.Capacity, pinned: true);
        for (int i = 0; i < _rows.Length; i++) _rows[i] = i * _tiles.InputStep;
    }

    internal override string Name => $"winograd{F.Tile}";

    internal override long PackedLength => (long)Winograd<V, F>.Planes * PlaneLength;
    internal override long ScratchLength => _tiles.ScratchLength;

    /// <summary>Tiles of even sides never share a window of 2x2.</summary>
    internal override bool CanPool(Window window) => F.Tile % 2 == 0 && window == Window.Square(2, stride: 2);

    private int Blocks => _tiles.Blocks;

    private static int BlockColumns => WinogradTiles<V, F>.BlockColumns;
    private nint PlaneLength => (nint)Blocks * _inputs * BlockColumns;

    /// <summary>Transforms the kernels into [36, blocks, inputs, columns].</summary>
    internal override void Pack(float* weights, float* packed, Share share)
    {
        var (first, last) = share.Of(Blocks);
        float* kernel = stackalloc float[9 * V.Width];
        for (int block = first; block < last; block++)
            for (int row = 0; row < _inputs; row++)
                for (int half = 0; half < 2; half++)
                {
                    int column = block * BlockColumns + half * V.Width;
                    float* target = packed + ((nint)block * _inputs + row) * BlockColumns + half * V.Width;
                    if (column >= _outputs)
                    {
                        for (int plane = 0; plane < Winograd<V, F>.Planes; plane++) V.Store(target + plane * PlaneLength, default);
                        continue;
                    }
                    float* source = weights + row * _rowStride + column * _columnStride;
                    for (int lane = 0; lane < V.Width; lane++, source += _columnStride)
                        for (int k = 0; k < 9; k++) kernel[k * V.Width + lane] = source[_turned ? 8 - k : k];
                    Winograd<V, F>.Kernel(kernel, target, PlaneLength);
                }
    }

    internal override void Run(in ConvolutionCall call, float* scratch, Share share)
    {
        var (first, last) = share.Of(call.Count * _tiles.PerImage);
        float* inputs = scratch, products = inputs + Winograd<V, F>.Planes * _tiles.InputPlane,
            patch = products + Winograd<V, F>.Planes * _tiles.OutputPlane;
        float* zero = stackalloc float[BlockColumns];
        new Span<float>(zero, BlockColumns).Clear();
        const int rows = ConvolutionTile<V>.Rows;
        bool isHalf = _outputs % BlockColumns is > 0 and int left && left <= V.Width;
        fixed (nint* pixels = _rows, tap = _tap)
            for (int start = first; start < last; start += _tiles.Capacity)
            {
                int count = Math.Min(_tiles.Capacity, last - start);
                _tiles.TransformInput(call.Input, start, count, inputs, patch);
                for (int plane = 0; plane < Winograd<V, F>.Planes; plane++)
                    for (int block = 0; block < Blocks; block++)
                    {
                        float* weights = call.Packed + plane * PlaneLength + (nint)block * _inputs * BlockColumns;
                        float* product = products + plane * _tiles.OutputPlane + (nint)block * _tiles.Capacity * BlockColumns;
                        // Rows past the count hold leftovers of an earlier block; their products are never read.
                        int t = 0;
                        if (isHalf && block == Blocks - 1)
                            for (; t + rows < count; t += 2 * rows)
                                ConvolutionTile<V>.ForwardHalf(inputs + plane * _tiles.InputPlane + t * _tiles.InputStep, _tiles.InputStep,
                                    _inputs, weights, product + t * BlockColumns);
                        for (; t < count; t += rows)
                            ConvolutionTile<V>.Forward(inputs + plane * _tiles.InputPlane, pixels + t, tap, 1, _inputs, weights, zero, 0,
                                product + t * BlockColumns);
                    }
                _tiles.TransformOutput(products, start, count, call);
            }
    }
}
