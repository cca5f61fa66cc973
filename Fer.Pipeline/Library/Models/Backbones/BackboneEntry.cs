namespace Fer.Pipeline.Models;

/// <summary>A backbone in a <see cref="BackboneStore"/>: what <c>NAME.json</c> says beside <c>NAME.onnx</c>.</summary>
public sealed record BackboneEntry
{
    /// <summary>The name that <c>Arch</c> takes.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the file it was added from.</summary>
    public required string Origin { get; init; }

    /// <summary>SHA-256 of the ONNX file, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes of the ONNX file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Name of the preprocessing, one of <see cref="BackbonePreprocessing.All"/>.</summary>
    public required string Preprocessing { get; init; }

    /// <summary>Shape of the network's own input, for instance <c>3x224x224</c>.</summary>
    public required string Input { get; init; }

    /// <summary>Width and height for a network that leaves its own open; null where the file says them.</summary>
    public int? ResizeTo { get; init; }

    /// <summary>Memory in MiB that the network was allowed when it was added; null for the default.</summary>
    public int? MaxModelMegabytes { get; init; }

    /// <summary>Number of features at the tap.</summary>
    public required int Features { get; init; }

    /// <summary>Trainable parameters of the whole file.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-accumulates of one face.</summary>
    public required long MultiplyAccumulates { get; init; }
}
