namespace Fer.Pipeline.Networks;

/// <summary>What an untrusted ONNX file may ask for; anything beyond is refused before memory is taken for it.</summary>
public sealed record OnnxReadLimits
{
    /// <summary>Bytes of the file, and of its external data.</summary>
    public int MaxBytes { get; init; } = 1 << 30;

    /// <summary>Bytes of all parameters together; a file of a few bytes may ask for many. VGG19 has 575 million.</summary>
    public long MaxParameterBytes { get; init; } = 1 << 30;

    /// <summary>Entries of the file's encoding: nodes, names, attributes, tensors and their fields. Large networks have some ten thousand.</summary>
    public int MaxFields { get; init; } = 200_000;

    /// <summary>Operators of the graph.</summary>
    public int MaxNodes { get; init; } = 4096;

    /// <summary>Channels, height, width, kernel, stride or padding.</summary>
    public int MaxDimension { get; init; } = 65_536;

    /// <summary>Values of all nodes' outputs for one example. VGG16 at 224x224 has 28 million.</summary>
    public int MaxActivations { get; init; } = 1 << 26;
}
