using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>The chunks of a PNG file that make up its picture, each checked against its CRC.</summary>
internal sealed class PngChunks
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private PngChunks(PngHeader header, PngColors colors, MemoryStream data) => (Header, Colors, Data) = (header, colors, data);

    /// <summary>The header.</summary>
    internal PngHeader Header { get; }

    /// <summary>The palette and what of it, or of the image, is transparent.</summary>
    internal PngColors Colors { get; }

    /// <summary>The compressed rows of all IDAT chunks.</summary>
    internal MemoryStream Data { get; }

    /// <summary>Reads the chunks of a whole file.</summary>
    /// <exception cref="FerException">It is no PNG, or a chunk is cut short, damaged, missing or out of place.</exception>
    internal static PngChunks Read(ReadOnlySpan<byte> file, string name, int maxPixels)
    {
        var header = ReadHeader(file, name, maxPixels);
        var colors = new PngColors();
        var data = new MemoryStream();
        int at = Signature.Length + 12 + PngHeader.Length;
        while (true)
        {
            var typeAndBody = ReadChunk(file, at, name);
            var type = typeAndBody[..4];
            var body = typeAndBody[4..];
            if (type.SequenceEqual("IHDR"u8)) throw Broken(name, "it has two headers");
            if (type.SequenceEqual("PLTE"u8)) colors.ReadPalette(body, name);
            else if (type.SequenceEqual("tRNS"u8)) colors.ReadTransparency(body, header, name);
            else if (type.SequenceEqual("IDAT"u8)) data.Write(body);
            else if (type.SequenceEqual("IEND"u8)) break;
            // Bit 5 of the first letter is clear in chunks without which the picture cannot be shown.
            else if ((type[0] & 0x20) == 0) throw Broken(name, $"the chunk at byte {at:N0} is of an unknown kind");
            at += 8 + typeAndBody.Length;
        }
        if (data.Length == 0) throw Broken(name, "it holds no picture data");
        if (header.Color == PngColor.Palette && colors.Palette.Length == 0) throw Broken(name, "its palette is missing");
        data.Position = 0;
        return new PngChunks(header, colors, data);
    }

    /// <summary>Reads the first chunk alone.</summary>
    /// <exception cref="FerException">It is no PNG, or its header is none.</exception>
    internal static PngHeader ReadHeader(ReadOnlySpan<byte> file, string name, int maxPixels)
    {
        if (!file.StartsWith(Signature)) throw new FerException($"{name}: not a PNG file. Save it as PNG.");
        var typeAndBody = ReadChunk(file, Signature.Length, name);
        if (!typeAndBody.StartsWith("IHDR"u8)) throw Broken(name, "its first chunk is not the header");
        return PngHeader.Read(typeAndBody[4..], name, maxPixels);
    }

    private static ReadOnlySpan<byte> ReadChunk(ReadOnlySpan<byte> file, int at, string name)
    {
        if (file.Length - at < 12) throw Broken(name, "the file ends before its IEND chunk");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        if (length > (uint)(file.Length - at - 12)) throw Broken(name, $"the chunk at byte {at:N0} is cut short");
        var typeAndBody = file.Slice(at + 4, (int)length + 4);
        return Crc(typeAndBody) == BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..])
            ? typeAndBody
            : throw Broken(name, $"the checksum of the chunk at byte {at:N0} is off");
    }

    internal static FerException Broken(string name, string what, Exception? inner = null)
    {
        string message = $"{name}: a broken PNG, {what}. Copy or save the image again.";
        return inner is null ? new FerException(message) : new FerException(message, inner);
    }

    /// <summary>CRC-32 as PNG has it (polynomial 0xEDB88320).</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes) crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
