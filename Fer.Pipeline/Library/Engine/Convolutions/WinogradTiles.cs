using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// How the images of a batch are divided into tiles of <see cref="Winograd{V, F}"/>, and where a block of tiles is stored in scratch
/// memory. Tiles are numbered across the whole batch; a block of them is transformed, multiplied and transformed back while it is in the
/// cache.
/// </summary>
[SkipLocalsInit]
internal sealed unsafe class WinogradTiles<V, F> where V : struct, ISimd<V> where F : struct, IMinimalFilter
{
    /// <summary>Maximum floats of transformed inputs and products in a block: about half of the L2 cache.</summary>
    private const int BlockFloats = 96 * 1024;

    /// <summary>Floats of transformed weights that no cache of a core's own holds: they are read from far away for each block.</summary>
    private const long LargeWeights = 4 * 1024 * 1024;

    /// <summary>Padding in floats between the rows of a plane: rows a power of two apart would map to the same few cache lines.</summary>
    private const int RowPadding = 16;

    private readonly Shape _input, _output;
    private readonly int _padTop, _padLeft, _rows, _columns;

    /// <param name="input">Shape of the input image.</param>
    /// <param name="output">Shape of the image that is divided into tiles.</param>
    /// <param name="padTop">Rows of zero padding above the image.</param>
    /// <param name="padLeft">Columns of zero padding to the left of the image.</param>
    /// <param name="capacity">Tiles per block, a multiple of a register tile's rows; 0 means as many as fit in the L2 cache.</param>
    /// <param name="images">Greatest number of images that a thread has to do; 0 if that is not known.</param>
    internal WinogradTiles(Shape input, Shape output, int padTop, int padLeft, int capacity = 0, int images = 0)
    {
        _input = input;
        _output = output;
        _padTop = padTop;
        _padLeft = padLeft;
        _rows = (output.Height + Winograd<V, F>.Tile - 1) / Winograd<V, F>.Tile;
        _columns = (output.Width + Winograd<V, F>.Tile - 1) / Winograd<V, F>.Tile;
        Blocks = (output.Channels + BlockColumns - 1) / BlockColumns;
        InputStep = input.Channels + RowPadding;
        Capacity = capacity > 0 ? capacity : CapacityFor((long)images * PerImage);
        InputPlane = (nint)Capacity * InputStep + RowPadding;
        OutputPlane = (nint)Capacity * Blocks * BlockColumns + RowPadding;
    }

    /// <summary>
    /// As many tiles as fit in the cache, but enough to be worth reading all weights for them; the blocks of a thread are equally large.
    /// </summary>
    private int CapacityFor(long tiles)
    {
        long planes = Winograd<V, F>.Planes, columns = (long)Blocks * BlockColumns;
        int least = planes * _input.Channels * columns > LargeWeights ? 8 : 4;
        long most = Math.Clamp(BlockFloats / (planes * (InputStep + columns)) / ConvolutionTile<V>.Rows, least, 32);
        long groups = tiles == 0 ? most : (tiles + ConvolutionTile<V>.Rows - 1) / ConvolutionTile<V>.Rows;
        long blocks = (groups + most - 1) / most;
        return (int)((groups + blocks - 1) / blocks) * ConvolutionTile<V>.Rows;
    }

    /// <summary>
    /// The cost of an image in multiplications, transforms included; infinite if the channel counts are not whole vectors, which the
    /// transforms need, or if the batch has too few tiles.
    /// </summary>
    internal static double Cost(Shape input, Shape output, Window window, int groups, int batchSize, int threads)
    {
        if (window is not { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 }
            || groups != 1) return double.PositiveInfinity;
        if (input.Channels % V.Width != 0 || output.Channels % V.Width != 0 || Math.Min(input.Channels, output.Channels) < 16)
            return double.PositiveInfinity;
        long tiles = TilesOf(output);
        // At least one minimum-size block for each thread; below that the weight transform costs more than it saves.
        if (tiles * batchSize < 4 * ConvolutionTile<V>.Rows * threads) return double.PositiveInfinity;
        // A transformed value costs about as much as eleven products.
        const double transform = 11;
        double pairs = (double)input.Channels * output.Channels;
        return tiles * Winograd<V, F>.Planes * (pairs + transform * (input.Channels + output.Channels));
    }

    /// <summary>Tiles in an image.</summary>
    internal static int TilesOf(Shape output) => (output.Height + F.Tile - 1) / F.Tile * ((output.Width + F.Tile - 1) / F.Tile);

    internal static int BlockColumns => ConvolutionTile<V>.Columns;

    /// <summary>Tiles per image.</summary>
    internal int PerImage => _rows * _columns;
    /// <summary>Tiles per block.</summary>
    internal int Capacity { get; }
    /// <summary>Blocks of output channels.</summary>
    internal int Blocks { get; }
    /// <summary>Stride in floats between tiles in a plane of inputs.</summary>
    internal nint InputStep { get; }
    /// <summary>Stride in floats between planes of inputs, [tiles, channels].</summary>
    internal nint InputPlane { get; }
    /// <summary>Stride in floats between planes of outputs, [blocks, tiles, columns].</summary>
    internal nint OutputPlane { get; }
    /// <summary>Floats for the planes of inputs, the planes of outputs and one patch.</summary>
    internal long ScratchLength => Winograd<V, F>.Planes * (long)(InputPlane + OutputPlane) + Winograd<V, F>.Planes * (long)_input.Channels;

    /// <summary>
    /// Transforms tiles [first, first + count) of a batch into planes of inputs; <paramref name="patch"/> is scratch for one padded tile.
    /// </summary>
    internal void TransformInput(float* images, int first, int count, float* planes, float* patch)
    {
        int channels = _input.Channels;
        nint line = (nint)_input.Width * channels;
        for (int t = 0; t < count; t++)
        {
            var (image, row, column) = Place(first + t);
            int top = row * Winograd<V, F>.Tile - _padTop, left = column * Winograd<V, F>.Tile - _padLeft;
            float* source = images + (long)image * _input.Length;
            nint rowStep = line;
            if (top >= 0 && left >= 0 && top + Winograd<V, F>.Patch <= _input.Height && left + Winograd<V, F>.Patch <= _input.Width)
                source += top * line + (nint)left * channels;
            else
            {
                CopyPatch(source, top, left, patch);
                source = patch;
                rowStep = (nint)Winograd<V, F>.Patch * channels;
            }
            float* target = planes + t * InputStep;
            for (int c = 0; c < channels; c += V.Width) Winograd<V, F>.Input(source + c, rowStep, channels, target + c, InputPlane);
        }
    }

    private void CopyPatch(float* image, int top, int left, float* patch)
    {
        int channels = _input.Channels, from = Math.Max(0, -left), to = Math.Min(Winograd<V, F>.Patch, _input.Width - left);
        if (to <= from) from = to = 0;
        for (int y = 0; y < Winograd<V, F>.Patch; y++, patch += Winograd<V, F>.Patch * channels)
        {
            bool inside = (uint)(top + y) < _input.Height;
            int first = inside ? from : 0, last = inside ? to : 0;
            new Span<float>(patch, first * channels).Clear();
            if (last > first)
                Loops.Copy(image + ((long)(top + y) * _input.Width + left + first) * channels, patch + first * channels,
                    (long)(last - first) * channels);
            new Span<float>(patch + last * channels, (Winograd<V, F>.Patch - last) * channels).Clear();
        }
    }

    /// <summary>Transforms planes of products back and writes or adds them to the output, as <paramref name="call"/> specifies.</summary>
    internal void TransformOutput(float* planes, int first, int count, in ConvolutionCall call)
    {
        float* tile = stackalloc float[Winograd<V, F>.Tile * Winograd<V, F>.Tile * V.Width];
        for (int t = 0; t < count; t++)
        {
            var (image, row, column) = Place(first + t);
            int top = row * Winograd<V, F>.Tile, left = column * Winograd<V, F>.Tile;
            int bottom = Math.Min(Winograd<V, F>.Tile, _output.Height - top), right = Math.Min(Winograd<V, F>.Tile, _output.Width - left);
            int height = _output.Height, width = _output.Width;
            if (call.Pools) (top, left, bottom, right, height, width) = (top / 2, left / 2, bottom / 2, right / 2, height / 2, width / 2);
            float* target = call.Output + (((long)image * height + top) * width + left) * _output.Channels;
            for (int c = 0; c < _output.Channels; c += V.Width)
            {
                Winograd<V, F>.Output(planes + InPlane(t, c), OutputPlane, tile);
                if (call.Pools) Pool(tile, bottom, right);
                V start = call.Bias == null ? default : V.Load(call.Bias + c);
                for (int y = 0; y < bottom; y++)
                    for (int x = 0; x < right; x++)
                    {
                        float* place = target + ((long)y * width + x) * _output.Channels + c;
                        V value = V.Add(V.Load(tile + (y * Winograd<V, F>.Tile + x) * V.Width), start);
                        if (call.Accumulate) value = V.Add(V.Load(place), value);
                        V.Store(place, call.Rectify ? V.Max(value, default) : value);
                    }
            }
        }
    }

    /// <summary>Writes the greatest of each 2x2 values of a tile over its beginning, rows and columns as far apart as before.</summary>
    private static void Pool(float* tile, int rows, int columns)
    {
        nint line = (nint)Winograd<V, F>.Tile * V.Width;
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < columns; x++)
            {
                float* from = tile + 2 * y * line + 2 * x * V.Width;
                V greatest = V.Max(V.Max(V.Load(from), V.Load(from + V.Width)), V.Max(V.Load(from + line), V.Load(from + line + V.Width)));
                V.Store(tile + y * line + x * V.Width, greatest);
            }
    }

    /// <summary>Where a channel of a tile lies in a plane of outputs.</summary>
    internal nint InPlane(int tile, int channel) =>
        ((nint)(channel / BlockColumns) * Capacity + tile) * BlockColumns + channel % BlockColumns;

    /// <summary>The image of a tile, and its row and column there.</summary>
    internal (int Image, int Row, int Column) Place(int tile)
    {
        int inImage = tile % PerImage;
        return (tile / PerImage, inImage / _columns, inImage % _columns);
    }
}
