namespace Fer.Pipeline.Detection;

/// <summary>
/// BlazeFace's two networks as ONNX files (Apache-2.0), which lie in this assembly; <c>BlazeFace/README.md</c> says whose they are.
/// </summary>
internal static class BlazeFaceFiles
{
    /// <summary>Reads the ONNX file of a network.</summary>
    internal static byte[] Read(DetectorRange range)
    {
        string name = range == DetectorRange.Near ? "near.onnx" : "far.onnx";
        using var stream = typeof(BlazeFaceFiles).Assembly.GetManifestResourceStream($"blazeface/{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
