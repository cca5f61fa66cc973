namespace Fer.Pipeline.Images;

/// <summary>Takes the metadata of a picture and keeps what it says of the orientation.</summary>
internal sealed class OrientationMetadata
{
    private int? _exif, _xmp;

    /// <summary>True once nothing further can change the answer: Exif is believed before XMP.</summary>
    internal bool IsKnown => _exif is not null;

    /// <summary>The orientation, 1 … 8; 1 where nothing was said.</summary>
    internal int Orientation => _exif ?? _xmp ?? 1;

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
}
