using System.Buffers.Binary;
using System.IO.Compression;
using Fer.Pipeline;

namespace Fer.Tests.Images;

/// <summary>Writes PNG files of every kind from random samples, all five filters in turn, in two IDAT chunks.</summary>
internal sealed class TestPng
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly int _width, _height, _color, _depth, _channels;
    private readonly bool _interlaced;
    private readonly int[] _samples;
    private readonly byte[] _palette;

    internal TestPng(int width, int height, int color, int depth, bool interlaced, int seed)
    {
        (_width, _height, _color, _depth, _interlaced) = (width, height, color, depth, interlaced);
        _channels = color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var random = new RandomStream(seed, color, depth);
        _samples = new int[width * height * _channels];
        foreach (ref int sample in _samples.AsSpan()) sample = random.NextInt32(1 << depth);
        PaletteSize = 1 << Math.Min(depth, 8);
        _palette = Random(3 * 256, seed);
    }

    internal int PaletteSize { get; init; }

    internal int ForcedFilter { get; init; } = -1;

    /// <summary>A TIFF directory that says how the camera was held; none where empty.</summary>
    internal byte[] Exif { get; init; } = [];

    /// <summary>Further chunks, in front of the picture's data.</summary>
    internal IReadOnlyList<(string Type, byte[] Body)> Metadata { get; init; } = [];

    /// <summary>Where set, samples all of this value are transparent.</summary>
    internal int? TransparentSample
    {
        get;
        init
        {
            field = value;
            // So that there is at least one.
            _samples.AsSpan(0, _channels).Fill(value!.Value);
        }
    }

    internal static bool Exists(int color, int depth) => color switch
    {
        0 => true,
        3 => depth <= 8,
        _ => depth >= 8,
    };

    internal static byte[] Random(int count, int seed)
    {
        var random = new RandomStream(seed);
        var bytes = new byte[count];
        foreach (ref byte value in bytes.AsSpan()) value = (byte)random.NextInt32(256);
        return bytes;
    }

    /// <summary>What a sample's colour is where it is not transparent, [height, width, 3].</summary>
    internal byte[] ExpectedRgb()
    {
        var rgb = new byte[3 * _width * _height];
        int top = (1 << _depth) - 1;
        for (int i = 0; i < _width * _height; i++)
        {
            var sample = _samples.AsSpan(i * _channels, _channels);
            int alpha = _channels is 2 or 4 ? To8(sample[^1]) : TransparentSample is { } key && sample.IndexOfAnyExcept(key) < 0 ? 0 : 255;
            for (int c = 0; c < 3; c++)
            {
                int value = _color == 3 ? _palette[3 * sample[0] + c] : To8(sample[_channels < 3 ? 0 : c]);
                rgb[3 * i + c] = (byte)Math.Floor((value * alpha + 255 * (255 - alpha)) / 255m + 0.5m);
            }
        }
        return rgb;

        int To8(int sample) => (int)Math.Floor(sample * 255m / top + 0.5m);
    }

    internal byte[] ToFile()
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, _width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), _height);
        (header[8], header[9], header[12]) = ((byte)_depth, (byte)_color, (byte)(_interlaced ? 1 : 0));
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "tEXt"u8, "Comment\0passed over"u8);
        if (Exif.Length > 0) Chunk(file, "eXIf"u8, Exif);
        foreach (var (type, body) in Metadata) Chunk(file, System.Text.Encoding.ASCII.GetBytes(type), body);
        if (_color == 3) Chunk(file, "PLTE"u8, _palette.AsSpan(0, 3 * PaletteSize));
        if (TransparentSample is { } key)
        {
            byte[] sample = [(byte)(key >> 8), (byte)key];
            Chunk(file, "tRNS"u8, _color == 3 ? Transparency(key) : [.. Enumerable.Repeat(sample, _channels).SelectMany(b => b)]);
        }
        byte[] data = Compressed();
        Chunk(file, "IDAT"u8, data.AsSpan(0, data.Length / 2));
        Chunk(file, "IDAT"u8, data.AsSpan(data.Length / 2));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Transparency(int index)
    {
        var alpha = new byte[index + 1];
        Array.Fill(alpha, byte.MaxValue);
        alpha[index] = 0;
        return alpha;
    }

    private byte[] Compressed()
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            int number = 0;
            foreach (var (x0, y0, stepX, stepY) in _interlaced ? Adam7 : [(0, 0, 1, 1)])
            {
                byte[]? above = null;
                if (x0 >= _width) continue;
                for (int y = y0; y < _height; y += stepY)
                {
                    byte[] row = Row(y, x0, stepX);
                    int filter = ForcedFilter >= 0 ? ForcedFilter : number++ % 5;
                    zlib.WriteByte((byte)filter);
                    zlib.Write(Filter(filter, row, above ?? new byte[row.Length]));
                    above = row;
                }
            }
        }
        return data.ToArray();
    }

    private byte[] Row(int y, int x0, int step)
    {
        var bits = new List<bool>();
        for (int x = x0; x < _width; x += step)
            for (int c = 0; c < _channels; c++)
                for (int bit = _depth - 1; bit >= 0; bit--)
                    bits.Add((_samples[(y * _width + x) * _channels + c] >> bit & 1) != 0);
        var row = new byte[(bits.Count + 7) / 8];
        for (int i = 0; i < bits.Count; i++)
            if (bits[i]) row[i / 8] |= (byte)(0x80 >> i % 8);
        return row;
    }

    private byte[] Filter(int filter, byte[] row, byte[] above)
    {
        int step = Math.Max(1, _channels * _depth / 8);
        var filtered = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < step ? 0 : row[i - step], up = above[i], corner = i < step ? 0 : above[i - step];
            int guess = left + up - corner;
            int[] candidates = [left, up, corner];
            int nearest = candidates.MinBy(c => Math.Abs(guess - c));
            int predicted = filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => nearest, _ => 0 };
            filtered[i] = (byte)(row[i] - predicted);
        }
        return filtered;
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        byte[] named = [.. type, .. body];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        file.Write(number);
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(named));
        file.Write(number);
    }

    /// <summary>CRC-32 as PNG has it (polynomial 0xEDB88320).</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }
}
