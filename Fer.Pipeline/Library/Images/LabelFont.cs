using SkiaSharp;

namespace Fer.Pipeline.Images;

/// <summary>
/// The font of labels in pictures, part of the assembly: servers and containers often have none, and labels then look alike everywhere.
/// It has Latin, Greek and Cyrillic letters; others are boxes.
/// </summary>
internal static class LabelFont
{
    private static readonly Lazy<SKTypeface> Typeface = new(Load);

    /// <summary>The font at so many pixels a line's height; the caller's to dispose.</summary>
    internal static SKFont At(float size) => new(Typeface.Value, size)
    {
        Edging = SKFontEdging.Antialias,
        Hinting = SKFontHinting.None,
        Subpixel = true,
    };

    private static SKTypeface Load()
    {
        using var stream = typeof(LabelFont).Assembly.GetManifestResourceStream("fonts/DejaVuSans-Bold.ttf")!;
        return SKTypeface.FromStream(stream);
    }
}
