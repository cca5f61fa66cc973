namespace Fer.Pipeline.Images;

/// <summary>One colour component of a JPEG frame: how it is sampled, the tables of the scan at hand, and its samples.</summary>
internal sealed class JpegComponent
{
    internal required byte Id { get; init; }

    /// <summary>Blocks of an MCU across.</summary>
    internal required int Horizontal { get; init; }

    /// <summary>Blocks of an MCU down.</summary>
    internal required int Vertical { get; init; }

    /// <summary>Number of its quantisation table, 0 … 3.</summary>
    internal required int Table { get; init; }

    /// <summary>Samples a row, without what pads the last block.</summary>
    internal int Width { get; set; }

    /// <summary>Rows of samples, without what pads the last block.</summary>
    internal int Height { get; set; }

    /// <summary>Blocks a row, padded to whole MCUs.</summary>
    internal int BlocksAcross { get; set; }

    /// <summary>Rows of blocks, padded to whole MCUs.</summary>
    internal int BlocksDown { get; set; }

    /// <summary>Bytes from one row of samples to the next.</summary>
    internal int Stride => 8 * BlocksAcross;

    /// <summary>[8 * BlocksDown, Stride] samples.</summary>
    internal byte[] Samples { get; set; } = [];

    /// <summary>[BlocksDown, BlocksAcross, 64] coefficients in rows of their block; of a progressive frame only.</summary>
    internal short[] Coefficients { get; set; } = [];

    /// <summary>Steps of the coefficients, in rows of the block, as they were when the first scan of this component began; null before that.</summary>
    internal int[]? Steps { get; set; }

    internal JpegHuffmanTable? Dc { get; set; }

    internal JpegHuffmanTable? Ac { get; set; }

    /// <summary>The last block's DC coefficient, which the next one is a difference to.</summary>
    internal int Predictor { get; set; }
}
