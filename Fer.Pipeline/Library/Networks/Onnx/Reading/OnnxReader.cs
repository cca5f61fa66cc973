using System.Diagnostics;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Reads an ONNX model into a network and keeps the names of nodes and parameters. The first axis of the inputs is treated as the batch,
/// whatever size the file gives it; a graph that mixes the examples of its batch is read as one example instead. The file is not trusted:
/// sizes, counts and shapes are checked before memory is allocated for them.
/// <para>Inputs and outputs with four axes are [batch, channels, height, width] and laid out like the engine's images, channels last; an
/// input [batch, height, width, channels] with up to four channels already has that layout. Other values are laid out as in ONNX, with a
/// shape whose channels are the last axis and whose height is the first axis after the batch.</para>
/// <para>Values of any floating-point type are computed in float32. Of several outputs those that are no floating-point numbers, such as a
/// chosen label beside the probabilities, are left out.</para>
/// </summary>
public static class OnnxReader
{
    /// <summary>
    /// Oldest supported operator set. Before 7, only what operators have in common with later versions is supported; anything else is
    /// rejected because of its attributes.
    /// </summary>
    public const int OldestOperatorSet = 1;

    /// <summary>Newest supported operator set: the last one whose definitions of these operators were reviewed.</summary>
    public const int NewestOperatorSet = 25;

    /// <summary>Reads a network from a file; external data is read only from the file's own folder.</summary>
    /// <exception cref="FerException">The file cannot be read, is damaged, too large, or uses unsupported features; the message names the
    /// node.</exception>
    public static Network Read(string path, OnnxReadLimits? limits = null) => Read(path, limits, side: null);

    /// <summary>The same, where heights and widths that the file leaves open become <paramref name="side"/>.</summary>
    internal static Network Read(string path, OnnxReadLimits? limits, int? side)
    {
        using var stream = DataFile(path);
        return Read(stream, path, limits, constants: null, side);
    }

    /// <summary>Reads a network.</summary>
    /// <param name="stream">The model's bytes, read to the end. External data is read only from the folder of a <see cref="FileStream"/>'s
    /// own file.</param>
    /// <param name="source">Name of the stream in messages, for instance the file's path.</param>
    /// <param name="limits">Limits on what the file may require; null for the defaults.</param>
    /// <exception cref="FerException">The model is damaged, too large, or uses unsupported features; the message names the
    /// node.</exception>
    public static Network Read(Stream stream, string source = "model.onnx", OnnxReadLimits? limits = null) =>
        Read(stream, source, limits, constants: null, side: null);

    /// <summary>The same, with inputs of the graph fixed to known values.</summary>
    internal static Network Read(Stream stream, string source, OnnxReadLimits? limits,
        IReadOnlyDictionary<string, OnnxConstant>? constants, int? side)
    {
        limits ??= new OnnxReadLimits();
        return Read(() => ReadBytes(stream, limits), FolderOf(stream), source, limits, constants, side);
    }

    /// <summary>Reads a network from bytes, which may have no external data; they are not copied.</summary>
    /// <exception cref="FerException">As for a stream.</exception>
    internal static Network Read(byte[] bytes, string source, OnnxReadLimits limits) => Read(() =>
    {
        CheckSize(bytes.Length, limits);
        return bytes;
    }, folder: null, source, limits, constants: null, side: null);

    private static Network Read(Func<byte[]> read, string? folder, string source, OnnxReadLimits limits,
        IReadOnlyDictionary<string, OnnxConstant>? constants, int? side)
    {
        long started = Stopwatch.GetTimestamp();
        return Named(source, () =>
        {
            byte[] bytes = read();
            var model = Parse(bytes, limits);
            long fileBytes = bytes.Length + OnnxExternalData.Load(model.Graph, folder, limits, bytes.Length);
            long operatorSet = model.OpsetImport.First(set => OnnxOperators.IsDefaultDomain(set.Domain)).Version;
            OnnxQuantizedOperators.Expand(model.Graph, operatorSet, limits.MaxNodes);
            try
            {
                return Graph(batched: true).Read();
            }
            catch (OnnxBatchException)
            {
                return Graph(batched: false).Read();
            }

            OnnxGraphReader Graph(bool batched) =>
                new(model.Graph, operatorSet, limits, new OnnxBudget(limits, fileBytes, started), batched, constants) { OpenSide = side };
        });
    }

    /// <summary>The model as one file, with its external data inside; null where it has none.</summary>
    /// <exception cref="FerException">The file or its external data cannot be read.</exception>
    internal static byte[]? SelfContained(string path, OnnxReadLimits? limits = null)
    {
        limits ??= new OnnxReadLimits();
        using var stream = DataFile(path);
        return Named(path, () =>
        {
            byte[] bytes = ReadBytes(stream, limits);
            if (!Parse(bytes, limits).Graph.Initializer.Any(OnnxExternalData.IsExternal)) return null;
            // Once more, with the fields that this program does not know: they are the file's own.
            var model = ModelProto.Parser.ParseFrom(bytes);
            OnnxExternalData.Load(model.Graph, FolderOf(stream), limits, bytes.Length);
            return model.ToByteArray();
        });
    }

    /// <summary>Lists a file's operators and those that are not supported, before anything is evaluated.</summary>
    /// <exception cref="FerException">The file is not an ONNX model.</exception>
    internal static OnnxSummary Summarize(string path, OnnxReadLimits? limits = null)
    {
        limits ??= new OnnxReadLimits();
        using var stream = DataFile(path);
        return Named(path, () => OnnxSummary.Of(Parse(ReadBytes(stream, limits), limits)));
    }

    private static T Named<T>(string source, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (OnnxFormatException e)
        {
            const string advice = " Use an ONNX model with supported operators and versions (the command 'onnx FILE' lists them).";
            throw new FerException($"{source}: {e.Message}.{(e.HasAdvice ? "" : advice)}", e);
        }
        catch (OverflowException e)
        {
            throw new FerException($"{source}: has sizes that are too large. Use another ONNX model.", e);
        }
        // The file is larger than the machine, whatever the limits say.
        catch (OutOfMemoryException e)
        {
            throw new FerException($"{source}: there is not enough memory for it. Use a smaller model or another machine.", e);
        }
    }

    private static string? FolderOf(Stream stream) =>
        stream is FileStream file && Path.IsPathFullyQualified(file.Name) ? Path.GetDirectoryName(file.Name) : null;

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
        if (ForeignFile.Describe(bytes) is { } kind) throw new OnnxFormatException($"is {kind}") { HasAdvice = true };
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
        if (model.Graph is null || model.IrVersion < 3)
            throw new OnnxFormatException("is not an ONNX model: it has no graph or no format version");
        foreach (var set in model.OpsetImport)
            if (OnnxOperators.IsDefaultDomain(set.Domain) && set.Version is < OldestOperatorSet or > NewestOperatorSet)
                throw new OnnxFormatException($"uses operator set {set.Version}; {OldestOperatorSet} to {NewestOperatorSet} are supported");
        if (!model.OpsetImport.Any(set => OnnxOperators.IsDefaultDomain(set.Domain)))
            throw new OnnxFormatException("declares no operator set");
        OnnxPruning.DropLabels(model.Graph);
        return model;
    }

    private static byte[] ReadBytes(Stream stream, OnnxReadLimits limits)
    {
        // A file says how long it is; what only streams grows with the bytes actually received.
        long length = stream is FileStream { CanSeek: true } ? stream.Length - stream.Position : 0;
        CheckSize(length, limits);
        using var memory = new MemoryStream((int)length);
        var buffer = new byte[81920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            CheckSize(memory.Length + read, limits);
            memory.Write(buffer, 0, read);
        }
        return memory.Length == memory.Capacity ? memory.GetBuffer() : memory.ToArray();
    }

    private static void CheckSize(long bytes, OnnxReadLimits limits)
    {
        if (bytes > limits.MaxBytes) throw new OnnxFormatException($"is larger than {limits.MaxBytes:N0} bytes");
        if (bytes > limits.MemoryFor(bytes))
            throw new OnnxFormatException($"is larger than {limits.MaxMemoryBytes >> 20:N0} MiB of memory, which is all it may take");
    }
}
