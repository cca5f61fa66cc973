namespace Fer.Pipeline.Images;

/// <summary>How the components of a JPEG frame stand for colours.</summary>
internal enum JpegColorSpace
{
    Gray,
    YCbCr,
    Rgb,
    Cmyk,
    Ycck,
}
