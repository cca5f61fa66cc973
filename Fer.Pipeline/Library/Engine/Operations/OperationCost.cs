namespace Fer.Pipeline.Engine;

/// <summary>
/// What one example costs in a layer beyond its inputs, its output and its parameters, at most: what untrusted files are measured by before
/// memory is taken.
/// </summary>
/// <param name="Work">Multiply-accumulates, or as much time in other steps.</param>
/// <param name="Bytes">Tables and scratch memory, whatever the number of threads.</param>
/// <param name="ThreadBytes">Scratch memory of each thread.</param>
/// <param name="PackedBytes">Packed weights, which all uses of the operation on one shape share.</param>
internal readonly record struct OperationCost(long Work, long Bytes = 0, long ThreadBytes = 0, long PackedBytes = 0)
{
    /// <summary>Columns of the widest register tile: what is packed for it is padded to this.</summary>
    private const int TileColumns = 32;

    /// <summary>Bytes of the tables that a planned convolution keeps, and builds them from, for each pixel and each tap.</summary>
    private const int TableBytes = 64;

    /// <summary>A layer whose every value takes as long as <paramref name="each"/> multiply-accumulates.</summary>
    internal static OperationCost OfValues(long values, long each = 4) => new(values * each);

    /// <summary>A convolution or a linear layer, by whichever algorithm costs most.</summary>
    internal static OperationCost OfConvolution(Shape input, Shape output, Window window, int groups)
    {
        long taps = (long)window.KernelHeight * window.KernelWidth, rows = input.Channels / groups, columns = output.Channels / groups;
        long wide = Ceiling(columns, TileColumns) * TileColumns, weights = taps * rows * columns * groups;
        bool isDepthwise = groups > 1 && rows == 1 && columns == 1 && taps <= DepthwiseConvolutionPass<Simd1>.MostTaps;
        long lanes = isDepthwise ? 1 : wide, packed = taps * rows * lanes * groups, scratch = 0;
        long padded = ((long)input.Height + window.PadTop + window.PadBottom) * ((long)input.Width + window.PadLeft + window.PadRight)
            * input.Channels;
        if (taps == 9 && groups == 1)
        {
            // The largest of the minimal filters: its planes, and the tiles of one block.
            const int planes = 64, leastTiles = 4 * 6, blockFloats = 96 * 1024;
            long tile = rows + wide + TileColumns;
            packed = Math.Max(packed, planes * rows * wide);
            scratch = planes * (leastTiles * tile + rows + TileColumns) + blockFloats;
        }
        long chunks = taps * (rows / TileColumns + 1);
        // A class of pixels of a depthwise kernel has a list of its own; there are at most two a tap and axis, and one in the middle.
        long classes = isDepthwise
            ? Math.Min(output.Height, 2L * window.KernelHeight + 1) * Math.Min(output.Width, 2L * window.KernelWidth + 1) * taps : 0;
        // A register tile has six rows, however few pixels there are.
        return new OperationCost(Math.Max(6, (long)output.Area) * taps * rows * lanes * groups,
            TableBytes * ((long)output.Area + chunks) + 16 * classes,
            sizeof(float) * (Math.Max(padded, scratch) + 16L * 6 * TileColumns),
            sizeof(float) * (packed + weights + output.Channels + 64));
    }

    /// <summary>A window that slides over each channel.</summary>
    internal static OperationCost OfPool(Shape output, Window window) =>
        OfValues(output.Length, 4 + (long)window.KernelHeight * window.KernelWidth);

    private static long Ceiling(long value, long divisor) => (value + divisor - 1) / divisor;
}
