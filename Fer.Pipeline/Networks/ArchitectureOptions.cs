namespace Fer.Pipeline.Networks;

/// <summary>What can be varied in an architecture.</summary>
public sealed record ArchitectureOptions
{
    /// <summary>Width and height of the input in pixels.</summary>
    public int InputSide { get; init; } = 40;

    /// <summary>What every layer's channels are multiplied by; the result is rounded to a multiple of 8, the kernels' vector.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Rate of the dropout before the last layer, at least 0 and below 1.</summary>
    public float Dropout { get; init; } = 0.3f;

    /// <summary>A layer's channels under <see cref="Width"/>.</summary>
    internal int Channels(int channels) => Math.Max(8, (int)Math.Round(channels * Width / 8) * 8);
}
