using System.Reflection;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>How a network is written as ONNX.</summary>
public sealed record OnnxWriteOptions
{
    /// <summary>Name of the graph's input, float32 [batch, channels, height, width].</summary>
    public string InputName { get; init; } = "pixels";

    /// <summary>Name of the graph's output, float32 [batch, classes].</summary>
    public string OutputName { get; init; } = "probabilities";

    /// <summary>Version of ONNX's default operator set, <see cref="OnnxWriter.OldestOperatorSet"/> to <see cref="OnnxWriter.NewestOperatorSet"/>.</summary>
    public int OperatorSet { get; init; } = OnnxWriter.OperatorSet;
}

/// <summary>
/// Writes a network as an ONNX model (operator set 17, IR version 8, unless asked for another) that any ONNX runtime can run. Names of nodes and parameters are kept, so
/// that <see cref="OnnxReader"/> gives the same network back, bit for bit. The same network gives the same bytes.
/// </summary>
public static class OnnxWriter
{
    /// <summary>Version of ONNX's default operator set that is written where none is asked for.</summary>
    public const int OperatorSet = 17;

    /// <summary>Oldest version that can be written: the first with limits and resizing as they are today.</summary>
    public const int OldestOperatorSet = 11;

    /// <summary>Newest version that can be written.</summary>
    public const int NewestOperatorSet = 22;

    /// <summary>Writes <paramref name="network"/> to <paramref name="stream"/>, which stays open.</summary>
    /// <exception cref="FerException">The network holds an operation that has no ONNX form here.</exception>
    /// <exception cref="FerUsageException">The operator set is not one that can be written.</exception>
    public static void Write(Network network, Stream stream, OnnxWriteOptions? options = null) =>
        Model(network, options ?? new OnnxWriteOptions()).WriteTo(stream);

    internal static ModelProto Model(Network network, OnnxWriteOptions options) => options.OperatorSet is < OldestOperatorSet or > NewestOperatorSet
        ? throw new FerUsageException($"Operator sets {OldestOperatorSet} to {NewestOperatorSet} can be written, not {options.OperatorSet}.")
        : new ModelProto
        {
            IrVersion = options.OperatorSet switch { < 19 => 8, < 21 => 9, _ => 10 },
            ProducerName = "FerMl",
            ProducerVersion = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
            OpsetImport = { new OperatorSetIdProto { Version = options.OperatorSet } },
            Graph = new OnnxGraphWriter(network, options).Write(),
        };
}
