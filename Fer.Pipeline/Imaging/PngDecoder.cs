using System.IO.Compression;

namespace Fer.Pipeline.Imaging;

/// <summary>
/// Reads PNG files as grey (W3C PNG): every colour type and bit depth, interlaced ones too. Colour becomes grey by <see cref="Luma"/>;
/// 16-bit values are rounded to 8; transparency and gamma are passed over, as Pillow's convert("L") does.
/// </summary>
public static class PngDecoder
{
    /// <summary>Longest file read: more than any image of <see cref="GrayImage.MaxPixels"/> that is worth keeping.</summary>
    private const int MaxFileBytes = 1 << 28;

    // Adam7: first column and row of each pass, and the steps between.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Reads the PNG file at <paramref name="path"/>.</summary>
    /// <exception cref="FerException">It cannot be read or is no sound PNG; the message names the file, what is wrong and what to do.</exception>
    public static GrayImage Load(string path)
    {
        byte[] file;
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxFileBytes) throw new FerException($"{path}: {length:N0} bytes are too many for an image. Make it smaller.");
            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Check the path and your rights to it.", e);
        }
        return Decode(file, path);
    }

    /// <summary>Reads a PNG file in memory.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="FerException">It is no sound PNG; the message says what is wrong and what to do.</exception>
    public static GrayImage Decode(ReadOnlySpan<byte> file, string name)
    {
        var chunks = PngChunks.Read(file, name);
        var header = chunks.Header;
        using var rows = new ZLibStream(chunks.Data, CompressionMode.Decompress);
        try
        {
            // A header may claim far more than the data holds: deflate packs at most about 1,032 to 1, so this is known before memory is taken.
            if ((long)header.RowBytes(header.Width) * header.Height / 1100 > chunks.Data.Length)
                throw PngChunks.Broken(name, "it has too little data for its size");
            var pixels = new byte[header.Width * header.Height];
            if (!header.Interlaced) DecodePass(rows, chunks, pixels, (0, 0, 1, 1), name);
            else
                foreach (var pass in Passes) DecodePass(rows, chunks, pixels, pass, name);
            return new GrayImage(header.Width, header.Height, pixels);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw PngChunks.Broken(name, "its compressed data is damaged or cut short", e);
        }
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
            if (!PngRow.ToGray(header, chunks.Palette, row.AsSpan(1), width, pixels.AsSpan(target), pass.StepX))
                throw PngChunks.Broken(name, "a pixel has a colour beyond its palette");
            (row, above) = (above, row);
        }
    }
}
