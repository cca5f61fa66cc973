namespace Fer.Pipeline.Networks;

/// <summary>A fault in an ONNX file, without the file's name; <see cref="OnnxReader"/> adds it and makes a <see cref="FerException"/>.</summary>
internal class OnnxFormatException(string message) : Exception(message);

/// <summary>A node that works across the examples of a batch: the graph is read again for its one batch as a whole.</summary>
internal sealed class OnnxBatchException(string message) : OnnxFormatException(message);

/// <summary>Text from an untrusted file, made fit for a message.</summary>
internal static class OnnxText
{
    private const int LongestQuote = 80;

    /// <summary>The name in quotes, cut where it is long, without the control characters that would upset a terminal.</summary>
    internal static string Quote(string name)
    {
        string shown = name.Length > LongestQuote ? name[..LongestQuote] + "…" : name;
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}'";
    }
}
