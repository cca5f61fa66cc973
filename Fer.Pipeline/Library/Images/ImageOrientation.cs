using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>
/// Which way up a picture is shown, by whatever metadata its file has: Exif and XMP in JPEG, PNG and WebP, each in every place where
/// programs put them. Skia looks at Exif in JPEG and in WebP alone, and there only at the usual spelling.
/// </summary>
internal static class ImageOrientation
{
    /// <summary>The orientation, 1 … 8; 1, upright, where the file says nothing or what it says is damaged.</summary>
    /// <param name="kind">A kind of <see cref="ImageKind"/>.</param>
    /// <param name="file">The whole file.</param>
    internal static int Of(string kind, ReadOnlySpan<byte> file)
    {
        var metadata = new OrientationMetadata();
        if (kind == ImageKind.Jpeg) LookInJpeg(file, metadata);
        else if (kind == ImageKind.Png) PngMetadata.Show(file, metadata);
        else if (kind == ImageKind.WebP) LookInWebP(file, metadata);
        return metadata.Orientation;
    }

    private static void LookInJpeg(ReadOnlySpan<byte> file, OrientationMetadata to)
    {
        const byte App1 = 0xE1;
        for (int at = 2; !to.IsKnown && JpegHeader.NextSegment(file, ref at) is var (marker, body) && marker != JpegHeader.StartOfScan;)
            if (marker == App1) to.AddApp1(file[body]);
    }

    /// <summary>Looks at a RIFF container's chunks: a name, a length, the body, and a byte behind an odd one.</summary>
    private static void LookInWebP(ReadOnlySpan<byte> file, OrientationMetadata to)
    {
        for (var rest = file[12..]; rest.Length >= 8 && !to.IsKnown;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - 8) return;
            var body = rest.Slice(8, (int)length);
            if (rest.StartsWith("EXIF"u8)) to.AddExif(body);
            else if (rest.StartsWith("XMP "u8)) to.AddXmp(body);
            rest = rest[Math.Min(rest.Length, 8 + (int)length + ((int)length & 1))..];
        }
    }
}
