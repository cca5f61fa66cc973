namespace Fer.Pipeline.Engine;

/// <summary>
/// The shape of one example, [channels, height, width]; the batch stands before it. A vector of n features is (n, 1, 1).
/// In memory the channels come last ([batch, height, width, channels]), so that every kernel reads and writes whole vectors of channels.
/// </summary>
public readonly record struct Shape(int Channels, int Height = 1, int Width = 1)
{
    /// <summary>Values an example: channels * height * width.</summary>
    public int Length => Channels * Height * Width;

    /// <summary>Places an example: height * width.</summary>
    public int Area => Height * Width;

    /// <summary>For instance <c>32x24x24</c>.</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
