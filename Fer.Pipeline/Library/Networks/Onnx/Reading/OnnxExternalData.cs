using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Tensor values that a model stores in separate files. These are read only from the model's own folder: a file name may not contain a
/// path. https://onnx.ai/onnx/repo-docs/ExternalData.html
/// </summary>
internal static class OnnxExternalData
{
    /// <summary>
    /// Loads the values of external tensors into the graph; without a <paramref name="folder"/> they are not loaded, and rejected if they
    /// are needed.
    /// </summary>
    internal static void Load(GraphProto graph, string? folder, int maxBytes)
    {
        if (folder is null) return;
        long left = maxBytes;
        foreach (var tensor in graph.Initializer)
        {
            if (tensor.DataLocation != TensorProto.Types.DataLocation.External) continue;
            string Entry(string key) => tensor.ExternalData.LastOrDefault(e => e.Key == key)?.Value ?? "";
            string name = Entry("location");
            if (name.Length == 0 || name != Path.GetFileName(name) || name is "." or ".." || name.Contains('\\'))
                throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} keeps its values in {OnnxText.Quote(name)}, " +
                    "which is not a file of the model's own folder");
            var (offset, length) = (Number(Entry("offset"), 0), Number(Entry("length"), -1));
            try
            {
                string path = Path.Combine(folder, name);
                if (new FileInfo(path).LinkTarget is not null)
                    throw new OnnxFormatException(
                        $"{OnnxText.Quote(name)} is a link; external data must be regular files in the model's own folder");
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                if (length < 0) length = file.Length - offset;
                if (offset < 0 || length < 0 || offset + length > file.Length || (left -= length) < 0)
                    throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} wants {length} bytes from {offset} of " +
                        $"{OnnxText.Quote(name)}, which has {file.Length}");
                var bytes = new byte[length];
                file.Position = offset;
                file.ReadExactly(bytes);
                tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
                tensor.DataLocation = TensorProto.Types.DataLocation.Default;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new OnnxFormatException($"initialiser {OnnxText.Quote(tensor.Name)} keeps its values in {OnnxText.Quote(name)}, " +
                    $"which cannot be read ({e.Message.TrimEnd('.')})");
            }
        }
    }

    private static long Number(string text, long ifAbsent) =>
        text.Length == 0 ? ifAbsent
        : long.TryParse(text, out long number) && number >= 0 && number < 1L << 60 ? number
        : throw new OnnxFormatException($"has {OnnxText.Quote(text)} as a file offset or length");
}
