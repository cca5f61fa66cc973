namespace Fer.Pipeline.Images;

/// <summary>Which coefficients a progressive scan holds, by their place in the zigzag, and which of their bits (ITU-T T.81, G.1.1.1).</summary>
/// <param name="First">The first coefficient.</param>
/// <param name="Last">The last one.</param>
/// <param name="PreviousBit">The lowest bit known so far, 0 in the first scan of these coefficients.</param>
/// <param name="Bit">The lowest bit of this scan.</param>
internal readonly record struct JpegSpectrum(int First, int Last, int PreviousBit, int Bit)
{
    /// <summary>True where a progressive scan of so many components can be like this.</summary>
    internal bool Fits(int components) =>
        First <= Last && Last <= 63 && (First == 0 ? Last == 0 : components == 1) && Bit <= 13 && (PreviousBit == 0 || PreviousBit == Bit + 1);
}
