using System.Buffers.Binary;

namespace Fer.Pipeline.Images;

/// <summary>
/// Which way up a picture is shown, by whatever metadata its file has: Exif and XMP in JPEG, PNG and WebP, each in every place where
/// programs put them. Skia looks at Exif in JPEG and in WebP alone, and there only at the usual spelling.
/// </summary>
internal sealed class ImageOrientation
{
    private int? _exif, _xmp;

    private ImageOrientation()
    {
    }

    /// <summary>True once nothing further can change the answer: Exif is believed before XMP.</summary>
    internal bool IsKnown => _exif is not null;

    /// <summary>The orientation, 1 … 8; 1, upright, where the file says nothing or what it says is damaged.</summary>
    /// <param name="kind">A kind of <see cref="ImageKind"/>.</param>
    /// <param name="file">The whole file.</param>
    internal static int Of(string kind, ReadOnlySpan<byte> file)
    {
        var found = new ImageOrientation();
        switch (kind)
        {
            case ImageKind.Jpeg:
                found.LookInJpeg(file);
                break;
            case ImageKind.Png:
                PngMetadata.Show(file, found);
                break;
            case ImageKind.WebP:
                found.LookInWebP(file);
                break;
        }
        return found._exif ?? found._xmp ?? 1;
    }

    /// <summary>Looks at Exif metadata.</summary>
    internal void AddExif(ReadOnlySpan<byte> exif) => _exif ??= ExifOrientation.Of(exif);

    /// <summary>Looks at an XMP packet.</summary>
    internal void AddXmp(ReadOnlySpan<byte> packet) => _xmp ??= XmpOrientation.Of(packet);

    /// <summary>Looks at the body of a JPEG's APP1 segment, which holds one or the other.</summary>
    internal void AddApp1(ReadOnlySpan<byte> body)
    {
        var xmp = "http://ns.adobe.com/xap/1.0/\0"u8;
        if (body.StartsWith(xmp)) AddXmp(body[xmp.Length..]);
        else AddExif(body);
    }

    private void LookInJpeg(ReadOnlySpan<byte> file)
    {
        const byte App1 = 0xE1, Scan = 0xDA;
        for (int at = 2; !IsKnown && JpegHeader.NextSegment(file, ref at) is var (marker, body) && marker != Scan;)
            if (marker == App1) AddApp1(file[body]);
    }

    /// <summary>Looks at a RIFF container's chunks: a name, a length, the body, and a byte behind an odd one.</summary>
    private void LookInWebP(ReadOnlySpan<byte> file)
    {
        for (var rest = file[12..]; rest.Length >= 8 && !IsKnown;)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - 8) return;
            var body = rest.Slice(8, (int)length);
            if (rest.StartsWith("EXIF"u8)) AddExif(body);
            else if (rest.StartsWith("XMP "u8)) AddXmp(body);
            rest = rest[Math.Min(rest.Length, 8 + (int)length + ((int)length & 1))..];
        }
    }
}
