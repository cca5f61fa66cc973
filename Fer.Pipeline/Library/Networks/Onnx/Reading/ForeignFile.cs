using System.Text;

namespace Fer.Pipeline.Networks;

/// <summary>What a file that should be a model really is, by its first bytes: what downloads and exports leave behind most often.</summary>
internal static class ForeignFile
{
    private const int Looked = 512;

    /// <summary>What it is and what to do about it, for after "is "; null where its first bytes say nothing.</summary>
    internal static string? Describe(ReadOnlySpan<byte> file)
    {
        var head = file[..Math.Min(file.Length, Looked)];
        if (head.StartsWith("version https://git-lfs"u8))
            return "a Git LFS pointer, which stands for the file in a repository; fetch the file itself with 'git lfs pull'";
        if (head.StartsWith("PK"u8))
            return "a zip archive; unpack it (a PyTorch .pt or .pth file is one too, and has to be exported to ONNX)";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']))
            return "an HDF5 file, as Keras saves its models; export it to ONNX with tf2onnx";
        if (head.Length >= 8 && head[4..8].SequenceEqual("TFL3"u8)) return "a TensorFlow Lite model; export it to ONNX with tf2onnx";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return "compressed with gzip; unpack it with gunzip";
        string text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<head", StringComparison.OrdinalIgnoreCase))
            return "a web page saved under this name; download the file itself (on GitHub its raw form)";
        if (text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)) return "an XML file; an error page or another program's model";
        return text.StartsWith('{') && text.Contains('"') ? "a JSON file; an error message or another program's model" : null;
    }
}
