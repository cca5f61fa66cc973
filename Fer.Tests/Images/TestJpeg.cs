using System.Buffers.Binary;

namespace Fer.Tests.Images;

/// <summary>JPEG files changed as cameras would have written them.</summary>
internal static class TestJpeg
{
    /// <summary>The file with an Exif segment that says how the camera was held.</summary>
    internal static byte[] WithOrientation(byte[] jpeg, int orientation, bool littleEndian) =>
        WithApp1(jpeg, [.. "Exif\0\0"u8, .. Tiff(orientation, littleEndian)]);

    /// <summary>The file with an APP1 segment.</summary>
    internal static byte[] WithApp1(byte[] jpeg, byte[] body) =>
        [.. jpeg.AsSpan(0, 2), 0xFF, 0xE1, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body, .. jpeg.AsSpan(2)];

    /// <summary>Exif's directory that says how the camera was held.</summary>
    internal static byte[] Tiff(int orientation, bool littleEndian)
    {
        // A TIFF header, and a directory of two entries: the resolution's unit and the orientation.
        var tiff = new byte[8 + 2 + 2 * 12 + 4];
        (littleEndian ? "II*\0"u8 : "MM\0*"u8).CopyTo(tiff);
        Number32(4, 8);
        Number16(8, 2);
        Entry(10, 0x0128, 2);
        Entry(22, 0x0112, orientation);
        return tiff;

        void Entry(int at, int tag, int value)
        {
            Number16(at, tag);
            Number16(at + 2, 3);
            Number32(at + 4, 1);
            Number16(at + 8, value);
        }

        void Number16(int at, int value)
        {
            if (littleEndian) BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at), (ushort)value);
            else BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(at), (ushort)value);
        }

        void Number32(int at, int value)
        {
            if (littleEndian) BinaryPrimitives.WriteInt32LittleEndian(tiff.AsSpan(at), value);
            else BinaryPrimitives.WriteInt32BigEndian(tiff.AsSpan(at), value);
        }
    }
}
