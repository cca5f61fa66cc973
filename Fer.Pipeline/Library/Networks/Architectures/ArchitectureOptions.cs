namespace Fer.Pipeline.Networks;

/// <summary>Options of an architecture.</summary>
public sealed record ArchitectureOptions
{
    /// <summary>Width and height of the input in pixels.</summary>
    public int InputSide { get; init; } = 40;

    /// <summary>Width and height to which the network's first step resizes the input, or null to use it as it is.</summary>
    public int? ResizeTo { get; init; }

    /// <summary>
    /// Width multiplier: scales every layer's channels; the result is rounded to a multiple of 8, the kernels' vector width.
    /// </summary>
    public double Width { get; init; } = 1;

    /// <summary>
    /// Dropout rate before the last layer, at least 0 and below 1; in networks whose remarks say so, the other dropout rates scale with it.
    /// </summary>
    public float Dropout { get; init; } = 0.3f;

    /// <summary>Width and height that the layers work on.</summary>
    internal int WorkingSide => ResizeTo ?? InputSide;

    /// <summary>
    /// Stride of a published network's first convolution: 2 for images of 112 pixels or more, as in the papers. Below that 1, since the
    /// remaining halvings already reduce 48 pixels to 3x3. The weights have the same shape either way.
    /// </summary>
    internal int StemStride => WorkingSide >= 112 ? 2 : 1;

    /// <summary>A layer's number of channels, scaled by <see cref="Width"/>.</summary>
    internal int Channels(int channels) => Math.Max(8, (int)Math.Round(channels * Width / 8) * 8);
}
