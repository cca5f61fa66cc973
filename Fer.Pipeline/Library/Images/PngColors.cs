using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>The PLTE and tRNS chunks of a PNG file: the colours that its samples name, and which of them cannot be seen.</summary>
internal sealed class PngColors
{
    /// <summary>[colours, 3] of the palette, what is transparent in it already shown on white; empty where there is none.</summary>
    internal byte[] Palette { get; private set; } = [];

    /// <summary>The transparent sample of a grey image or the three of a colour image, as stored; null where there is none.</summary>
    internal int[]? Transparent { get; private set; }

    internal void ReadPalette(ReadOnlySpan<byte> body, string name)
    {
        if (body.Length % 3 != 0 || body.Length is 0 or > 768) throw PngChunks.Broken(name, $"its palette has {body.Length} bytes");
        Palette = body.ToArray();
    }

    internal void ReadTransparency(ReadOnlySpan<byte> body, PngHeader header, string name)
    {
        switch (header.Color)
        {
            case PngColor.Palette:
                if (body.Length > Palette.Length / 3) throw PngChunks.Broken(name, "more transparent colours than its palette has");
                for (int i = 0; i < body.Length; i++)
                    foreach (ref byte value in Palette.AsSpan(3 * i, 3)) value = OnWhite(value, body[i]);
                break;
            case PngColor.Gray or PngColor.Rgb:
                if (body.Length != 2 * header.Channels) throw PngChunks.Broken(name, $"its transparent colour has {body.Length} bytes");
                Transparent = new int[header.Channels];
                for (int i = 0; i < Transparent.Length; i++) Transparent[i] = BinaryPrimitives.ReadUInt16BigEndian(body[(2 * i)..]);
                break;
            default:
                throw PngChunks.Broken(name, "a transparent colour beside an alpha channel");
        }
    }

    /// <summary>A value that is seen through to white, the more the smaller its alpha.</summary>
    internal static byte OnWhite(int value, int alpha) => (byte)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}
