using System.Reflection;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>Options for writing a network as ONNX.</summary>
public sealed record OnnxWriteOptions
{
    /// <summary>Name of the graph's input, float32 [batch, channels, height, width].</summary>
    public string InputName { get; init; } = "pixels";

    /// <summary>Name of the graph's output, float32 [batch, classes].</summary>
    public string OutputName { get; init; } = "probabilities";

    /// <summary>
    /// Version of ONNX's default operator set (opset), <see cref="OnnxWriter.OldestOperatorSet"/> to
    /// <see cref="OnnxWriter.NewestOperatorSet"/>.
    /// </summary>
    public int OperatorSet { get; init; } = OnnxWriter.OperatorSet;
}

/// <summary>
/// Writes a network as an ONNX model (operator set 17 by default, IR version 8) that any ONNX runtime can run. Names of nodes and
/// parameters are kept, so that <see cref="OnnxReader"/> restores the same network, bit for bit. The same network always gives the same
/// bytes.
/// </summary>
public static class OnnxWriter
{
    /// <summary>Default version of ONNX's default operator set.</summary>
    public const int OperatorSet = 17;

    /// <summary>Oldest version that can be written: the first with clipping and resizing in their current form.</summary>
    public const int OldestOperatorSet = 11;

    /// <summary>Newest version that can be written.</summary>
    public const int NewestOperatorSet = 22;

    /// <summary>Writes <paramref name="network"/> to <paramref name="stream"/>, which is left open.</summary>
    /// <exception cref="FerException">The network contains an operation that cannot be written as ONNX.</exception>
    /// <exception cref="FerUsageException">The operator set is not supported.</exception>
    public static void Write(Network network, Stream stream, OnnxWriteOptions? options = null) =>
        Model(network, options ?? new OnnxWriteOptions()).WriteTo(stream);

    internal static ModelProto Model(Network network, OnnxWriteOptions options) =>
        options.OperatorSet is < OldestOperatorSet or > NewestOperatorSet
        ? throw new FerUsageException(
            $"Operator sets {OldestOperatorSet} to {NewestOperatorSet} can be written, not {options.OperatorSet}.")
        : new ModelProto
        {
            IrVersion = options.OperatorSet switch { < 19 => 8, < 21 => 9, _ => 10 },
            ProducerName = "FerMl",
            ProducerVersion = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
            OpsetImport = { new OperatorSetIdProto { Version = options.OperatorSet } },
            Graph = new OnnxGraphWriter(network, options).Write(),
        };
}
