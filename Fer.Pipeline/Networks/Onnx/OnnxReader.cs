using Fer.Pipeline.Networks.Onnx.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks.Onnx;

/// <summary>
/// Reads an ONNX model of the operators that <see cref="OnnxWriter"/> writes into a network, keeping the names of nodes and parameters. The file
/// may come from anywhere: sizes, counts and shapes are checked before memory is taken for them.
/// </summary>
public static class OnnxReader
{
    /// <summary>Oldest operator set read: the first in which softmax and dropout mean what they do today.</summary>
    private const int OldestOperatorSet = 13;

    /// <summary>Newest operator set whose definitions of these operators were looked at.</summary>
    private const int NewestOperatorSet = 22;

    /// <summary>Reads a network.</summary>
    /// <param name="stream">The model's bytes, read to the end.</param>
    /// <param name="source">What the stream is called in messages, for instance the file's path.</param>
    /// <param name="limits">What the file may ask for; null for the defaults.</param>
    /// <exception cref="FerException">The model is damaged, too large, or uses what is not read; the message names the node.</exception>
    public static Network Read(Stream stream, string source = "model.onnx", OnnxReadLimits? limits = null)
    {
        limits ??= new OnnxReadLimits();
        try
        {
            var model = Parse(ReadBytes(stream, limits.MaxBytes), limits);
            return new OnnxGraphReader(model.Graph, limits).Read();
        }
        catch (OnnxFormatException e)
        {
            throw new FerException(
                $"{source}: {e.Message}. This reads ONNX models of operator set {OldestOperatorSet} to {NewestOperatorSet} with the operators {OnnxOperators.Known}; write the model again or convert it.", e);
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
                throw new OnnxFormatException($"uses operator set {set.Version}");
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
