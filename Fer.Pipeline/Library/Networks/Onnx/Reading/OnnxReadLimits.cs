namespace Fer.Pipeline.Networks;

/// <summary>Limits on what an untrusted ONNX file may require; anything beyond is rejected before memory is allocated for it.</summary>
public sealed record OnnxReadLimits
{
    /// <summary>Size in bytes of the file, and of its external data.</summary>
    public int MaxBytes { get; init; } = 1 << 30;

    /// <summary>Bytes of all parameters together; even a tiny file may declare many. VGG19 has 575 million.</summary>
    public long MaxParameterBytes { get; init; } = 1 << 30;

    /// <summary>
    /// Entries in the file's encoding: nodes, names, attributes, tensors and their fields. Large networks have tens of thousands.
    /// </summary>
    public int MaxFields { get; init; } = 200_000;

    /// <summary>Nodes of the graph.</summary>
    public int MaxNodes { get; init; } = 4096;

    /// <summary>Channels, height, width, kernel size, stride or padding.</summary>
    public int MaxDimension { get; init; } = 65_536;

    /// <summary>Number of values in all nodes' outputs for one example. VGG16 at 224x224 has 28 million.</summary>
    public int MaxActivations { get; init; } = 1 << 26;
}
