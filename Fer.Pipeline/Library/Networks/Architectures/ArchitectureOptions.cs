namespace Fer.Pipeline.Networks;

/// <summary>What can be varied in an architecture.</summary>
public sealed record ArchitectureOptions
{
    /// <summary>Width and height of the input in pixels.</summary>
    public int InputSide { get; init; } = 40;

    /// <summary>Width and height that the input is resized to as the network's first step, or null to take it as it is.</summary>
    public int? ResizeTo { get; init; }

    /// <summary>What every layer's channels are multiplied by; the result is rounded to a multiple of 8, the kernels' vector.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Rate of the dropout before the last layer, at least 0 and below 1; where a remark says so, the others of a network follow it.</summary>
    public float Dropout { get; init; } = 0.3f;

    /// <summary>Width and height that the layers see.</summary>
    internal int WorkingSide => ResizeTo ?? InputSide;

    /// <summary>
    /// Stride of a published network's first convolution: 2 on pictures of 112 pixels and more, as the papers have it. Below that 1, since the
    /// halvings that are left take 48 pixels to 3x3 already. The weights are the same either way.
    /// </summary>
    internal int StemStride => WorkingSide >= 112 ? 2 : 1;

    /// <summary>A layer's channels under <see cref="Width"/>.</summary>
    internal int Channels(int channels) => Math.Max(8, (int)Math.Round(channels * Width / 8) * 8);
}
