using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>PNG's colour types.</summary>
internal enum PngColor : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}

/// <summary>The IHDR chunk of a PNG file (W3C PNG, section 11.2.1).</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColor Color, bool Interlaced)
{
    internal const int Length = 13;

    /// <summary>Samples a pixel.</summary>
    internal int Channels => Color switch { PngColor.Rgb => 3, PngColor.Rgba => 4, PngColor.GrayAlpha => 2, _ => 1 };

    /// <summary>Bits a pixel.</summary>
    internal int PixelBits => Channels * BitDepth;

    /// <summary>Bytes of a row of <paramref name="width"/> pixels, without its filter byte.</summary>
    internal int RowBytes(int width) => (int)(((long)width * PixelBits + 7) / 8);

    /// <summary>Reads and checks the chunk's data; the sizes are bounded before anything is allocated from them.</summary>
    /// <exception cref="FerException">Sizes or the kind of image are none that PNG has.</exception>
    internal static PngHeader Read(ReadOnlySpan<byte> data, string name, int maxPixels)
    {
        if (data.Length != Length) throw new FerException($"{name}: the PNG header has {data.Length} bytes, not {Length}. Save the image again.");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        ImageDecoder.CheckSize(width, height, maxPixels, name);
        var color = (PngColor)data[9];
        int depth = data[8];
        bool known = color switch
        {
            PngColor.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GrayAlpha or PngColor.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!known || data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw new FerException($"{name}: PNG has no image of colour type {data[9]}, bit depth {depth}, compression {data[10]}, " +
                $"filter {data[11]}, interlace {data[12]}. Save the image again.");
        }
        return new PngHeader((int)width, (int)height, depth, color, data[12] == 1);
    }
}
