namespace Fer.Pipeline.Networks;

/// <summary>
/// An error in an ONNX file, without the file's name; <see cref="OnnxReader"/> adds it and throws a <see cref="FerException"/>.
/// </summary>
internal class OnnxFormatException(string message) : Exception(message)
{
    /// <summary>True if the message says itself what to do.</summary>
    internal bool HasAdvice { get; init; }
}

/// <summary>A node mixes the examples of a batch: the graph is read again with the whole batch as one example.</summary>
internal sealed class OnnxBatchException(string message) : OnnxFormatException(message);

/// <summary>Makes text from an untrusted file safe for messages.</summary>
internal static class OnnxText
{
    private const int LongestQuote = 80;

    /// <summary>The name in quotes, truncated if long, without characters that could upset a terminal.</summary>
    internal static string Quote(string name)
    {
        string shown = name.Length > LongestQuote ? name[..LongestQuote] + "…" : name;
        return $"'{VisibleText.Line(shown)}'";
    }
}
