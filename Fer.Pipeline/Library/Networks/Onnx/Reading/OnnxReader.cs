using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Reads an ONNX model into a network, keeping the names of nodes and parameters. The first axis of the inputs is taken for the batch, whatever size the file
/// gives it; a graph that works across its batch is read as one example instead. The file may come from anywhere: sizes, counts and shapes are checked before
/// memory is taken for them.
/// <para>Inputs and outputs of four axes are [batch, channels, height, width] and lie as the engine's images, channels last;
/// an input [batch, height, width, channels] of up to four channels lies that way already. The values of others lie as in ONNX,
/// under a shape whose channels are the last axis and whose height is the first behind the batch.</para>
/// </summary>
public static class OnnxReader
{
    /// <summary>Oldest operator set read. Before 7, what operators have in common with later ones; the rest is refused by its attributes.</summary>
    public const int OldestOperatorSet = 1;

    /// <summary>Newest operator set whose definitions of these operators were looked at.</summary>
    public const int NewestOperatorSet = 25;

    /// <summary>Reads a network from a file; its external data is looked for in the file's own folder, and nowhere else.</summary>
    /// <exception cref="FerException">The file cannot be read, is damaged, too large, or uses what is not read; the message names the node.</exception>
    public static Network Read(string path, OnnxReadLimits? limits = null)
    {
        using var stream = DataFile(path);
        return Read(stream, path, limits, folder: Path.GetDirectoryName(Path.GetFullPath(path)), constants: null);
    }

    /// <summary>Reads a network.</summary>
    /// <param name="stream">The model's bytes, read to the end.</param>
    /// <param name="source">What the stream is called in messages, for instance the file's path.</param>
    /// <param name="limits">What the file may ask for; null for the defaults.</param>
    /// <exception cref="FerException">The model is damaged, too large, or uses what is not read; the message names the node.</exception>
    public static Network Read(Stream stream, string source = "model.onnx", OnnxReadLimits? limits = null) => Read(stream, source, limits, folder: null, constants: null);

    /// <summary>The same with inputs of the graph fixed to known values.</summary>
    internal static Network Read(Stream stream, string source, OnnxReadLimits? limits, string? folder, IReadOnlyDictionary<string, OnnxConstant>? constants)
    {
        limits ??= new OnnxReadLimits();
        try
        {
            var model = Parse(ReadBytes(stream, limits.MaxBytes), limits);
            OnnxExternalData.Load(model.Graph, folder, limits.MaxBytes);
            long operatorSet = model.OpsetImport.First(set => OnnxOperators.IsDefaultDomain(set.Domain)).Version;
            try
            {
                return new OnnxGraphReader(model.Graph, operatorSet, limits, batched: true, constants).Read();
            }
            catch (OnnxBatchException)
            {
                return new OnnxGraphReader(model.Graph, operatorSet, limits, batched: false, constants).Read();
            }
        }
        catch (OnnxFormatException e)
        {
            throw new FerException($"{source}: {e.Message}. Give an ONNX model of the operators and versions that are read ('fer onnx FILE' shows them).", e);
        }
    }

    /// <summary>Lists a file's operators, with those that are not read, before anything is worked out.</summary>
    /// <exception cref="FerException">The file is no ONNX model.</exception>
    internal static OnnxSummary Summarize(string path, OnnxReadLimits? limits = null)
    {
        limits ??= new OnnxReadLimits();
        try
        {
            using var stream = DataFile(path);
            return OnnxSummary.Of(Parse(ReadBytes(stream, limits.MaxBytes), limits));
        }
        catch (OnnxFormatException e)
        {
            throw new FerException($"{path}: {e.Message}. Give an ONNX model.", e);
        }
    }

    private static FileStream DataFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FerException($"{path} cannot be read: {e.Message.TrimEnd('.')}. Give the path of an ONNX model.", e);
        }
    }

    private static ModelProto Parse(byte[] bytes, OnnxReadLimits limits)
    {
        if (bytes.Length == 0) throw new OnnxFormatException("is empty");
        OnnxWire.Check(bytes, limits.MaxFields);
        ModelProto model;
        try
        {
            model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxFormatException($"is damaged or not an ONNX model ({e.Message.TrimEnd('.')})");
        }
        if (model.Graph is null || model.IrVersion < 3) throw new OnnxFormatException("is not an ONNX model: it has no graph or no format version");
        foreach (var set in model.OpsetImport)
            if (OnnxOperators.IsDefaultDomain(set.Domain) && set.Version is < OldestOperatorSet or > NewestOperatorSet)
                throw new OnnxFormatException($"uses operator set {set.Version}; {OldestOperatorSet} to {NewestOperatorSet} are read");
        if (!model.OpsetImport.Any(set => OnnxOperators.IsDefaultDomain(set.Domain))) throw new OnnxFormatException("names no operator set");
        return model;
    }

    private static byte[] ReadBytes(Stream stream, int maxBytes)
    {
        // Grows with what really comes, not with what is promised.
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (memory.Length + read > maxBytes) throw new OnnxFormatException($"is larger than {maxBytes:N0} bytes");
            memory.Write(buffer, 0, read);
        }
        return memory.ToArray();
    }
}
