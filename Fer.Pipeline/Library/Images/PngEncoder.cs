using System.Buffers.Binary;
using System.IO.Compression;

namespace Fer.Pipeline.Images;

/// <summary>Writes images as PNG files of 8 bits a sample.</summary>
public static class PngEncoder
{
    /// <summary>The whole file of a grey image.</summary>
    public static byte[] Encode(GrayImage image) => Encode(image.Width, image.Height, PngColor.Gray, image.Pixels);

    /// <summary>The whole file of a colour image.</summary>
    public static byte[] Encode(RgbImage image) => Encode(image.Width, image.Height, PngColor.Rgb, image.Pixels);

    /// <summary>Writes a grey image to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public static void Save(GrayImage image, string path) => Save(Encode(image), path);

    /// <summary>Writes a colour image to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public static void Save(RgbImage image, string path) => Save(Encode(image), path);

    private static void Save(byte[] file, string path) => AtomicFile.Write(path, stream => stream.Write(file));

    private static byte[] Encode(int width, int height, PngColor color, byte[] pixels)
    {
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        Span<byte> header = stackalloc byte[PngHeader.Length];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = (byte)color;
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(pixels, pixels.Length / height));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(byte[] pixels, int rowBytes)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            // Each row is written as its difference from the one above (filter 2), which photographs pack well with.
            var row = new byte[rowBytes + 1];
            row[0] = 2;
            ReadOnlySpan<byte> above = new byte[rowBytes];
            for (int start = 0; start < pixels.Length; start += rowBytes)
            {
                var current = pixels.AsSpan(start, rowBytes);
                for (int x = 0; x < current.Length; x++) row[x + 1] = (byte)(current[x] - above[x]);
                zlib.Write(row);
                above = current;
            }
        }
        return data.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        var chunk = new byte[12 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        type.CopyTo(chunk.AsSpan(4));
        body.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + body.Length), PngChunks.Crc(chunk.AsSpan(4, 4 + body.Length)));
        file.Write(chunk);
    }
}
