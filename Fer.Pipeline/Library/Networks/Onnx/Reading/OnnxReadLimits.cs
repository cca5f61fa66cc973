namespace Fer.Pipeline.Networks;

/// <summary>
/// Limits on what an untrusted ONNX file may require. Bytes and multiply-accumulates are one budget over everything that reading plans and
/// computes: whatever is beyond it is rejected, with the node's name, before memory is taken or a constant is computed.
/// </summary>
public sealed record OnnxReadLimits
{
    /// <summary>What <see cref="MaxMemoryBytes"/> allows every file, however small.</summary>
    private const long LeastMemoryBytes = 384L << 20;

    /// <summary>
    /// What <see cref="MaxMemoryBytes"/> allows for each byte of the file: its encoding and its values, which are both there while it is
    /// read, and seven times as much for 3x3 kernels prepared for minimal filtering.
    /// </summary>
    private const long MemoryForByte = 12;

    /// <summary>Size in bytes of the file, and of its external data.</summary>
    public int MaxBytes { get; init; } = 1 << 30;

    /// <summary>
    /// Memory in bytes that reading the file and running it on one example may take: its bytes, parameters, constants computed while it is
    /// read, the outputs of all layers, tables, packed weights, and scratch memory of each thread. Null means 384 MiB and twelve times the
    /// bytes of the file with its external data: a file of a few bytes never needs more, and one that holds many weights does.
    /// </summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>Multiply-accumulates, or as much time in other steps, of one example. VGG19 takes 20 billion at 224x224.</summary>
    public long MaxMultiplyAccumulates { get; init; } = 64_000_000_000;

    /// <summary>
    /// The same for all that is computed from constants while the file is read. Shapes and scaled weights take a few million.
    /// </summary>
    public long MaxFoldedMultiplyAccumulates { get; init; } = 1_000_000_000;

    /// <summary>Time that reading may take.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Entries in the file's encoding: nodes, names, attributes, tensors and their fields. Large networks have tens of thousands.
    /// </summary>
    public int MaxFields { get; init; } = 200_000;

    /// <summary>Nodes of the graph; inputs and outputs too. A node may become several layers, four on average.</summary>
    public int MaxNodes { get; init; } = 4096;

    /// <summary>Channels, height, width, kernel size, stride or padding.</summary>
    public int MaxDimension { get; init; } = 65_536;

    /// <summary>Number of values in all nodes' outputs for one example. VGG16 at 224x224 has 28 million.</summary>
    public int MaxActivations { get; init; } = 1 << 26;

    /// <summary><see cref="MaxMemoryBytes"/> for a file of so many bytes.</summary>
    internal long MemoryFor(long fileBytes) => MaxMemoryBytes ?? LeastMemoryBytes + MemoryForByte * fileBytes;
}
