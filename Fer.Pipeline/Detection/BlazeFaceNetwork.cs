using Fer.Pipeline.Networks.Onnx;

namespace Fer.Pipeline.Detection;

/// <summary>A BlazeFace network on the project's own engine.</summary>
internal sealed class BlazeFaceNetwork : IBlazeFaceNetwork
{
    internal BlazeFaceNetwork(byte[] onnx, string name, int threads)
    {
        var network = OnnxReader.Read(new MemoryStream(onnx), name);
        throw new FerException($"{name}: a network of {network.Nodes.Count} nodes is not yet run on {threads} threads.");
    }

    public int Side => 0;

    public void Run(ReadOnlySpan<float> input, BlazeFaceOutput output) => output.Scores.AsSpan().Clear();

    public void Dispose()
    {
    }
}
