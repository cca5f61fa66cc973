using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// The weight gradient of a 3x3 convolution with stride 1, as the exact adjoint of <see cref="WinogradConvolution{V, F}"/>: products of
/// transformed inputs and transformed output gradients are summed over tiles, plane by plane, and only the sums are transformed back.
/// </summary>
[SkipLocalsInit]
internal sealed unsafe class WinogradWeightGradient<V, F> : ConvolutionWeightPass where V : struct, ISimd<V>
    where F : struct, ITrainingFilter
{
    private readonly WinogradTiles<V, F> _tiles;
    private readonly Shape _output;
    private readonly int _inputs, _outputs, _inputTiles;

    /// <summary>Floats of sums that fit in the L2 cache next to a block of transformed tiles.</summary>
    private const int CachedSums = 192 * 1024;

    /// <summary>
    /// Maximum tiles per block if the sums exceed that cache: few passes over the sums then matter more than keeping the tiles in cache.
    /// </summary>
    private const int MostTiles = 192;

    internal WinogradWeightGradient(Shape input, Shape output, int padTop, int padLeft, int batchSize, int threads)
    {
        int each = (batchSize * WinogradTiles<V, F>.TilesOf(output) + threads - 1) / threads, blocks = (each + MostTiles - 1) / MostTiles;
        bool cached = (long)Winograd<V, F>.Planes * input.Channels * output.Channels <= CachedSums;
        _tiles = new WinogradTiles<V, F>(input, output, padTop, padLeft, cached ? 0
            : ((each + blocks - 1) / blocks + Rows - 1) / Rows * Rows);
        _output = output;
        _inputs = input.Channels;
        _outputs = output.Channels;
        _inputTiles = (_inputs + Rows - 1) / Rows;
    }

    /// <summary>
    /// True if enough tiles share one pass over the sums (which are four times as many as the weights) to make it worthwhile.
    /// </summary>
    internal static bool Suits(Shape output, int batchSize, int threads) =>
        (long)batchSize * WinogradTiles<V, F>.TilesOf(output) / threads >= 96;

    private static int Rows => ConvolutionTile<V>.Rows;
    private static int Columns => ConvolutionTile<V>.Columns;
    private nint PlaneLength => (nint)_tiles.Blocks * _inputTiles * Rows * Columns;

    internal override long SumLength => Winograd<V, F>.Planes * (long)PlaneLength;
    internal override long ScratchLength => _tiles.ScratchLength;

    internal override void Sum(float* input, float* outputGradient, int count, float* sums, float* scratch, Share share)
    {
        var (first, last) = share.Of(count * _tiles.PerImage);
        if (first == last) new Span<float>(sums, checked((int)SumLength)).Clear();
        float* zero = stackalloc float[Columns];
        new Span<float>(zero, Columns).Clear();
        float* inputs = scratch, gradients = inputs + Winograd<V, F>.Planes * _tiles.InputPlane,
            patch = gradients + Winograd<V, F>.Planes * _tiles.OutputPlane;
        // If the last block has only half of its columns, the other half must count as zero.
        if (_outputs % Columns != 0) new Span<float>(gradients, checked((int)(Winograd<V, F>.Planes * _tiles.OutputPlane))).Clear();
        for (int start = first; start < last; start += _tiles.Capacity)
        {
            int tiles = Math.Min(_tiles.Capacity, last - start);
            _tiles.TransformInput(input, start, tiles, inputs, patch);
            TransformOutputGradient(outputGradient, start, tiles, gradients);
            for (int plane = 0; plane < Winograd<V, F>.Planes; plane++)
                for (int block = 0; block < _tiles.Blocks; block++)
                {
                    float* right = gradients + plane * _tiles.OutputPlane + (nint)block * _tiles.Capacity * Columns;
                    float* sum = sums + plane * PlaneLength + (nint)block * _inputTiles * Rows * Columns;
                    for (int tile = 0; tile < _inputTiles; tile++, sum += Rows * Columns)
                        ConvolutionTile<V>.OuterProducts(inputs + plane * _tiles.InputPlane + tile * Rows, _tiles.InputStep, 0, right, 1,
                            tiles,
                            start == first ? zero : sum, start == first ? 0 : Columns, sum);
                }
        }
    }

    internal override void Reduce(byte*[] sums, nint offset, Span<float> gradient, Share share)
    {
        var (first, last) = share.Of(_tiles.Blocks);
        float* planes = stackalloc float[Winograd<V, F>.Planes * V.Width], kernel = stackalloc float[9 * V.Width];
        for (int block = first; block < last; block++)
            for (int input = 0; input < _inputs; input++)
                for (int column = 0; column < Columns && block * Columns + column < _outputs; column += V.Width)
                {
                    nint place = ((nint)block * _inputTiles + input / Rows) * Rows * Columns + input % Rows * Columns + column;
                    for (int plane = 0; plane < Winograd<V, F>.Planes; plane++)
                    {
                        V sum = default;
                        foreach (byte* part in sums) sum = V.Add(sum, V.Load((float*)part + offset + plane * PlaneLength + place));
                        V.Store(planes + plane * V.Width, sum);
                    }
                    WinogradGradients<V, F>.KernelGradient(planes, V.Width, kernel);
                    for (int lane = 0; lane < V.Width; lane++)
                    {
                        int target = ((block * Columns + column + lane) * _inputs + input) * 9;
                        for (int k = 0; k < 9; k++) gradient[target + k] = kernel[k * V.Width + lane];
                    }
                }
    }

    /// <summary>Transforms the output's gradient at tiles [first, first + count) into planes with the layout of the products.</summary>
    private void TransformOutputGradient(float* images, int first, int count, float* planes)
    {
        int side = Winograd<V, F>.Tile;
        float* tile = stackalloc float[side * side * V.Width];
        for (int t = 0; t < count; t++)
        {
            var (image, row, column) = _tiles.Place(first + t);
            int top = row * side, left = column * side;
            float* source = images + (long)image * _output.Length + ((long)top * _output.Width + left) * _outputs;
            for (int c = 0; c < _outputs; c += V.Width)
            {
                for (int y = 0; y < side; y++)
                    for (int x = 0; x < side; x++)
                    {
                        bool inside = top + y < _output.Height && left + x < _output.Width;
                        V.Store(tile + (y * side + x) * V.Width, inside
                            ? V.Load(source + ((long)y * _output.Width + x) * _outputs + c) : default);
                    }
                WinogradGradients<V, F>.OutputGradient(tile, planes + _tiles.InPlane(t, c), _tiles.OutputPlane);
            }
        }
    }
}
