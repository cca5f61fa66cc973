using SkiaSharp;

namespace Fer.Pipeline.Images;

/// <summary>
/// Which pictures are brought to sRGB, the colours that the classifiers were trained on and that browsers show: those whose profile
/// differs from it so that it is seen. All others keep their values to the bit.
/// </summary>
internal static class ColorProfile
{
    // Below a difference that shows, and above that of the plain gamma of 2.2 that many files give for sRGB.
    private const float Tolerance = 0.01f;

    /// <summary>What to convert to; null where pixels stay as they are stored.</summary>
    internal static SKColorSpace? Target(SKColorSpace? stored)
    {
        if (stored is null || stored.IsSrgb) return null;
        var srgb = SKColorSpace.CreateSrgb();
        if (!stored.GetNumericalTransferFunction(out var function) || !stored.ToColorSpaceXyz(out var gamut)) return srgb;
        srgb.GetNumericalTransferFunction(out var usual);
        srgb.ToColorSpaceXyz(out var usualGamut);
        bool isAlike = gamut.Values.Zip(usualGamut.Values).All(pair => Math.Abs(pair.First - pair.Second) < Tolerance)
            && ((float[])[0.25f, 0.5f, 0.75f]).All(x => Math.Abs(function.Transform(x) - usual.Transform(x)) < Tolerance);
        return isAlike ? null : srgb;
    }
}
