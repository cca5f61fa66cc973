using System.IO.Compression;

namespace Fer.Pipeline.Images;

/// <summary>
/// Reads PNG files (W3C PNG): every colour type and bit depth, interlaced ones too. 16-bit values are rounded to 8; what is transparent
/// shows white, as it does on a page; gamma is passed over.
/// </summary>
internal static class PngDecoder
{
    // Adam7: first column and row of each pass, and the steps between.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Reads a PNG file in memory.</summary>
    /// <exception cref="FerException">It is no sound PNG; the message says what is wrong and what to do.</exception>
    internal static RgbImage Decode(ReadOnlySpan<byte> file, string name, int maxPixels = GrayImage.MaxPixels)
    {
        var chunks = PngChunks.Read(file, name, maxPixels);
        var header = chunks.Header;
        using var rows = new ZLibStream(chunks.Data, CompressionMode.Decompress);
        try
        {
            // A header may claim far more than the data holds: deflate packs at most about 1,032 to 1, so this is known before memory is taken.
            if ((long)header.RowBytes(header.Width) * header.Height / 1100 > chunks.Data.Length)
                throw PngChunks.Broken(name, "it has too little data for its size");
            var pixels = new byte[3 * header.Width * header.Height];
            if (!header.Interlaced) DecodePass(rows, chunks, pixels, (0, 0, 1, 1), name);
            else
                foreach (var pass in Passes) DecodePass(rows, chunks, pixels, pass, name);
            return new RgbImage(header.Width, header.Height, pixels);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw PngChunks.Broken(name, "its compressed data is damaged or cut short", e);
        }
    }

    /// <summary>Width and height by the header.</summary>
    /// <exception cref="FerException">It is no sound PNG.</exception>
    internal static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file, string name)
    {
        var header = PngChunks.ReadHeader(file, name, int.MaxValue);
        return (header.Width, header.Height);
    }

    private static void DecodePass(ZLibStream rows, PngChunks chunks, byte[] pixels, (int X, int Y, int StepX, int StepY) pass, string name)
    {
        var header = chunks.Header;
        int width = (header.Width - pass.X + pass.StepX - 1) / pass.StepX;
        int height = (header.Height - pass.Y + pass.StepY - 1) / pass.StepY;
        if (width <= 0 || height <= 0) return;
        var row = new byte[1 + header.RowBytes(width)];
        var above = new byte[row.Length];
        int step = Math.Max(1, header.PixelBits / 8);
        for (int y = 0; y < height; y++)
        {
            rows.ReadExactly(row);
            if (!PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), step))
                throw PngChunks.Broken(name, $"a row has the unknown filter {row[0]}");
            int target = (pass.Y + y * pass.StepY) * header.Width + pass.X;
            if (!PngRow.ToRgb(header, chunks.Colors, row.AsSpan(1), width, pixels.AsSpan(3 * target), 3 * pass.StepX))
                throw PngChunks.Broken(name, "a pixel has a colour beyond its palette");
            (row, above) = (above, row);
        }
    }
}
