using System.Buffers.Binary;

namespace Fer.Pipeline.Imaging;

/// <summary>The chunks of a PNG file that make up its picture, each checked against its CRC.</summary>
internal sealed class PngChunks
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private PngChunks(PngHeader header, byte[] palette, MemoryStream data) => (Header, Palette, Data) = (header, palette, data);

    /// <summary>The header.</summary>
    internal PngHeader Header { get; }

    /// <summary>Luma of each palette colour; empty where there is no palette.</summary>
    internal byte[] Palette { get; }

    /// <summary>The compressed rows of all IDAT chunks.</summary>
    internal MemoryStream Data { get; }

    /// <summary>Reads the chunks of a whole file.</summary>
    /// <exception cref="FerException">It is no PNG, or a chunk is cut short, damaged, missing or out of place.</exception>
    internal static PngChunks Read(ReadOnlySpan<byte> file, string name)
    {
        if (!file.StartsWith(Signature)) throw new FerException($"{name}: {Kind(file)} Save it as PNG.");
        PngHeader? header = null;
        byte[] palette = [];
        var data = new MemoryStream();
        int at = Signature.Length;
        while (true)
        {
            if (file.Length - at < 12) throw Broken(name, "the file ends before its IEND chunk");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > (uint)(file.Length - at - 12)) throw Broken(name, $"the chunk at byte {at:N0} is cut short");
            var typeAndBody = file.Slice(at + 4, (int)length + 4);
            if (Crc(typeAndBody) != BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]))
                throw Broken(name, $"the checksum of the chunk at byte {at:N0} is off");
            var type = typeAndBody[..4];
            var body = typeAndBody[4..];
            if (header is null && !type.SequenceEqual("IHDR"u8)) throw Broken(name, "its first chunk is not the header");
            if (type.SequenceEqual("IHDR"u8))
            {
                if (header is not null) throw Broken(name, "it has two headers");
                header = PngHeader.Read(body, name);
            }
            else if (type.SequenceEqual("PLTE"u8)) palette = ReadPalette(body, name);
            else if (type.SequenceEqual("IDAT"u8)) data.Write(body);
            else if (type.SequenceEqual("IEND"u8)) break;
            // Bit 5 of the first letter is clear in chunks without which the picture cannot be shown.
            else if ((type[0] & 0x20) == 0) throw Broken(name, $"the chunk at byte {at:N0} is of an unknown kind");
            at += 12 + (int)length;
        }
        if (data.Length == 0) throw Broken(name, "it holds no picture data");
        if (header!.Value.Color == PngColor.Palette && palette.Length == 0) throw Broken(name, "its palette is missing");
        data.Position = 0;
        return new PngChunks(header.Value, palette, data);
    }

    internal static FerException Broken(string name, string what, Exception? inner = null)
    {
        string message = $"{name}: a broken PNG, {what}. Copy or save the image again.";
        return inner is null ? new FerException(message) : new FerException(message, inner);
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> body, string name)
    {
        if (body.Length % 3 != 0 || body.Length is 0 or > 768) throw Broken(name, $"its palette has {body.Length} bytes");
        var palette = new byte[body.Length / 3];
        for (int i = 0; i < palette.Length; i++) palette[i] = Luma.FromRgb(body[3 * i], body[3 * i + 1], body[3 * i + 2]);
        return palette;
    }

    private static string Kind(ReadOnlySpan<byte> file) => file switch
    {
        [] => "the file is empty.",
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG file, which is not read yet.",
        [(byte)'G', (byte)'I', (byte)'F', ..] => "a GIF file.",
        [(byte)'B', (byte)'M', ..] => "a BMP file.",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "a WebP file or some other kind.",
        _ => "not a PNG file.",
    };

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
