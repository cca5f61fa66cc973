using System.Buffers.Binary;

namespace Fer.Tests.Images;

/// <summary>Sound little files whose headers claim another size.</summary>
internal static class HostilePictures
{
    internal static byte[] Claiming(string kind, int width, int height) => kind switch
    {
        "png" => Png(width, height),
        "jpg" => Jpeg(width, height),
        "gif" => Gif(width, height),
        "bmp" => Bmp(width, height),
        _ => WebP(width, height),
    };

    private static byte[] Png(int width, int height)
    {
        byte[] file = new TestPng(2, 2, 0, 8, false, 1).ToFile();
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), TestPng.Crc(file.AsSpan(12, 17)));
        return file;
    }

    private static byte[] Jpeg(int width, int height)
    {
        byte[] file = GoldenPictures.Read("baseline-420.jpg");
        int frame = file.AsSpan().IndexOf<byte>([0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), (ushort)width);
        return file;
    }

    private static byte[] Gif(int width, int height)
    {
        byte[] file = GoldenPictures.Read("palette.gif");
        // The screen's size, and that of the one frame behind the palette.
        int frame = file.AsSpan().IndexOf<byte>([0x2C, 0, 0, 0, 0, 40, 0, 36, 0]) + 5;
        foreach (int at in (int[])[6, frame])
        {
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)width);
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at + 2), (ushort)height);
        }
        return file;
    }

    private static byte[] Bmp(int width, int height)
    {
        byte[] file = GoldenPictures.Read("colours.bmp");
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        return file;
    }

    // A lossy picture's header has 14 bits a side, behind three bytes that begin a frame.
    private static byte[] WebP(int width, int height)
    {
        byte[] file = GoldenPictures.Read("lossy.webp");
        int start = file.AsSpan().IndexOf<byte>([0x9D, 0x01, 0x2A]);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(start + 3), (ushort)Math.Min(width, 16_383));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(start + 5), (ushort)Math.Min(height, 16_383));
        return file;
    }
}
