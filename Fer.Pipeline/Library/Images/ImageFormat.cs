namespace Fer.Pipeline.Images;

/// <summary>The kinds of image file that <see cref="ImageDecoder"/> reads.</summary>
public enum ImageFormat
{
    /// <summary>None of them.</summary>
    Unknown,

    /// <summary>PNG (W3C PNG, third edition).</summary>
    Png,

    /// <summary>JPEG (ITU-T T.81), baseline or progressive.</summary>
    Jpeg,
}
