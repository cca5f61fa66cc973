using System.Buffers.Binary;
using System.IO.Compression;

namespace Fer.Pipeline.Imaging;

/// <summary>Writes grey images as PNG files of 8 bits a pixel.</summary>
public static class PngEncoder
{
    /// <summary>The whole file of an image.</summary>
    public static byte[] Encode(GrayImage image)
    {
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        Span<byte> header = stackalloc byte[PngHeader.Length];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Writes an image to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public static void Save(GrayImage image, string path)
    {
        byte[] file = Encode(image);
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    private static byte[] Compress(GrayImage image)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            // Each row is written as its difference from the one above (filter 2), which photographs pack well with.
            var row = new byte[image.Width + 1];
            row[0] = 2;
            for (int y = 0; y < image.Height; y++)
            {
                var current = image.Pixels.AsSpan(y * image.Width, image.Width);
                for (int x = 0; x < current.Length; x++)
                    row[x + 1] = (byte)(current[x] - (y == 0 ? 0 : image.Pixels[(y - 1) * image.Width + x]));
                zlib.Write(row);
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
