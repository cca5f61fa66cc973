using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Tensor values that a model stores in separate files. These are read only from the model's own folder: a file name may not contain a
/// path. https://onnx.ai/onnx/repo-docs/ExternalData.html
/// </summary>
internal static class OnnxExternalData
{
    internal static bool IsExternal(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External;

    /// <summary>
    /// Loads the values of external tensors into the graph; without a <paramref name="folder"/> they are not loaded, and rejected if they
    /// are needed.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="folder">The model's folder, or null.</param>
    /// <param name="limits">Limits on what the file may require.</param>
    /// <param name="fileBytes">Bytes of the model's own file.</param>
    /// <returns>Bytes that were loaded.</returns>
    internal static long Load(GraphProto graph, string? folder, OnnxReadLimits limits, long fileBytes)
    {
        if (folder is null) return 0;
        long left = limits.MaxBytes, loaded = 0;
        var lengths = new Dictionary<string, long>();
        foreach (var tensor in graph.Initializer)
        {
            if (!IsExternal(tensor)) continue;
            string Entry(string key) => tensor.ExternalData.LastOrDefault(e => e.Key == key)?.Value ?? "";
            string name = Entry("location");
            if (name.Length == 0 || name != Path.GetFileName(name) || name is "." or ".." || name.Contains('\\')
                || name.Any(char.IsControl))
                throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} keeps its values in {OnnxText.Quote(name)}, " +
                    "which is not a file of the model's own folder");
            var (offset, length) = (Number(Entry("offset"), 0), Number(Entry("length"), -1));
            try
            {
                using var file = RegularFile.Open(Path.Combine(folder, name));
                lengths[name] = file.Length;
                if (length < 0) length = file.Length - offset;
                if (offset < 0 || length < 0 || offset + length > file.Length || (left -= length) < 0)
                    throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} wants {length} bytes from {offset} of " +
                        $"{OnnxText.Quote(name)}, which has {file.Length}");
                // Many tensors may name the same bytes of a small file.
                if ((loaded += length) > limits.MemoryFor(fileBytes + lengths.Values.Sum()))
                    throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} wants the same bytes of " +
                        $"{OnnxText.Quote(name)} as others do, and all together are too many");
                var bytes = new byte[length];
                file.Position = offset;
                file.ReadExactly(bytes);
                tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
                tensor.DataLocation = TensorProto.Types.DataLocation.Default;
                tensor.ExternalData.Clear();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} keeps its values in {OnnxText.Quote(name)}, " +
                    $"which cannot be read ({e.Message.TrimEnd('.')}); it belongs beside the ONNX file")
                {
                    HasAdvice = true,
                };
            }
        }
        return loaded;
    }

    private static long Number(string text, long ifAbsent) =>
        text.Length == 0 ? ifAbsent
        : long.TryParse(text, out long number) && number >= 0 && number < 1L << 60 ? number
        : throw new OnnxFormatException($"has {OnnxText.Quote(text)} as a file offset or length");
}
