namespace Fer.Pipeline.Engine;

/// <summary>
/// The shape of one example, [channels, height, width], without the batch dimension. A vector of n features is (n, 1, 1). In memory the
/// layout is channels-last ([batch, height, width, channels]), so that every kernel reads and writes whole vectors of channels.
/// </summary>
public readonly record struct Shape(int Channels, int Height = 1, int Width = 1)
{
    /// <summary>Values per example: channels * height * width.</summary>
    public int Length => Channels * Height * Width;

    /// <summary>Pixels per example: height * width.</summary>
    public int Area => Height * Width;

    /// <summary>For instance <c>32x24x24</c>.</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
