using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Detection;

/// <summary>A BlazeFace network on this project's engine.</summary>
internal sealed class BlazeFaceNetwork : IBlazeFaceNetwork
{
    private static readonly string[] OutputNames = ["Identity:0", "Identity_1:0", "Identity_2:0", "Identity_3:0"];

    private readonly WorkerPool _pool;
    private readonly NetworkExecutor _executor;
    private readonly int[] _outputs;

    /// <summary>Reads a network.</summary>
    /// <param name="onnx">The ONNX file.</param>
    /// <param name="name">The name for error messages.</param>
    /// <param name="threads">Number of threads; 0 means one per processor.</param>
    /// <exception cref="FerException">It is not a BlazeFace network.</exception>
    internal BlazeFaceNetwork(byte[] onnx, string name, int threads)
    {
        var network = OnnxReader.Read(onnx, name, new OnnxReadLimits());
        _outputs = [.. OutputNames.Select(output => network.Outputs.ToList().FindIndex(o => o.Name == output))];
        int[] lengths = [BlazeFaceOutput.FineAnchors, BlazeFaceOutput.CoarseAnchors,
            BlazeFaceOutput.FineAnchors * BlazeFaceOutput.ValuesAnAnchor, BlazeFaceOutput.CoarseAnchors * BlazeFaceOutput.ValuesAnAnchor];
        int side = network.Input.Height;
        if (network.Inputs.Count != 1 || network.Input != new Shape(3, side, side)
            || _outputs.Contains(-1) || !_outputs.Select(o => network.Outputs[o].Shape.Length).SequenceEqual(lengths))
            throw new FerException($"{name}: not a BlazeFace network.");
        _pool = new WorkerPool(threads);
        _executor = new NetworkExecutor(network, 1, training: false, _pool, frozen: true);
        Side = side;
    }

    public int Side { get; }

    public void Run(ReadOnlySpan<float> input, BlazeFaceOutput output)
    {
        input.CopyTo(_executor.Input);
        _executor.Forward(1);
        _executor.OutputOf(_outputs[0]).CopyTo(output.Scores);
        _executor.OutputOf(_outputs[1]).CopyTo(output.Scores.AsSpan(BlazeFaceOutput.FineAnchors));
        _executor.OutputOf(_outputs[2]).CopyTo(output.Boxes);
        _executor.OutputOf(_outputs[3]).CopyTo(output.Boxes.AsSpan(BlazeFaceOutput.FineAnchors * BlazeFaceOutput.ValuesAnAnchor));
    }

    public void Dispose()
    {
        _executor.Dispose();
        _pool.Dispose();
    }
}
