using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Evaluation;

/// <summary>
/// Gradient-weighted class activation maps (Selvaraju et al., arXiv 1610.02391): the feature maps of the last convolution, each weighted by
/// the mean gradient of the class's logit with respect to it, summed, and clipped at 0. Gradients are the engine's own. If a model averages
/// several networks or views of the face, the first one is explained. Not thread-safe.
/// </summary>
public sealed class GradCam : IDisposable
{
    private readonly Network _network;
    private readonly WorkerPool _pool;
    private readonly NetworkExecutor _executor;
    private readonly NodeProbe _probe;
    private readonly Crop? _crop;
    private readonly bool _mirrored;

    /// <summary>Prepares the maps of a model.</summary>
    /// <param name="network">A serving network, as a model zip holds it: 1x48x48 pixels in 0..255 in, probabilities or logits out.</param>
    /// <param name="threads">Number of threads; 0 means one per processor.</param>
    /// <exception cref="FerException">The network takes other faces, or has no convolution to explain.</exception>
    public GradCam(Network network, int threads = 0)
    {
        if (network.Input != new Shape(1, Face.Side, Face.Side))
            throw new FerException($"The network {network.Architecture} takes {network.Input}; "
                + $"explanation maps need one of 1x{Face.Side}x{Face.Side} pixels, as in a model zip.");
        var stream = FirstStream(network);
        var (target, copy) = WithoutNormalization(network, stream, LastConvolution(network, stream));
        _network = copy;
        _crop = copy.Nodes.Where(node => node.Inputs is [-1]).Select(node => node.Operation).OfType<Crop>().FirstOrDefault();
        _mirrored = copy.Nodes.Any(node => node.Operation is Mirror);
        _pool = new WorkerPool(threads);
        _executor = new NetworkExecutor(copy, 1, training: true, _pool) { Probe = _probe = new NodeProbe(target) };
    }

    /// <summary>Explains one face.</summary>
    /// <param name="face">[48 * 48] grey values.</param>
    /// <param name="classIndex">The class to explain.</param>
    /// <returns>The map; its peak is in logits.</returns>
    /// <exception cref="ArgumentException"><paramref name="face"/> has the wrong length.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classIndex"/> is not a class.</exception>
    public ExplanationMap Explain(ReadOnlySpan<byte> face, int classIndex)
    {
        if (face.Length != Face.PixelCount)
            throw new ArgumentException($"{face.Length} values are not one face of {Face.Side}x{Face.Side} grey pixels.", nameof(face));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)classIndex, (uint)_network.Output.Length, nameof(classIndex));
        var input = _executor.Input;
        for (int i = 0; i < face.Length; i++) input[i] = face[i];
        _executor.Forward(1);
        _executor.OutputGradient.Clear();
        _executor.OutputGradient[classIndex] = 1;
        _executor.Backward();
        var shape = _network.Nodes[_probe.Node].Shape;
        return ExplanationMap.FromEvidence(Spread(Evidence(_probe, shape), shape));
    }

    /// <summary>Frees the buffers and stops the threads.</summary>
    public void Dispose()
    {
        _executor.Dispose();
        _pool.Dispose();
    }

    /// <summary>[height, width]: the feature maps weighted by their mean gradients (equations 1 and 2).</summary>
    private static double[] Evidence(NodeProbe probe, Shape shape)
    {
        var weights = new double[shape.Channels];
        for (int i = 0; i < probe.Gradient.Length; i++) weights[i % shape.Channels] += probe.Gradient[i];
        var evidence = new double[shape.Area];
        for (int i = 0; i < probe.Values.Length; i++)
            evidence[i / shape.Channels] += weights[i % shape.Channels] / shape.Area * probe.Values[i];
        return evidence;
    }

    /// <summary>Maps the evidence to the whole face: what the network crops away has none, the rest is interpolated.</summary>
    private double[] Spread(double[] evidence, Shape shape)
    {
        const int cells = ExplanationMap.Cells;
        const double pixels = (double)Face.Side / cells;
        var spread = new double[cells * cells];
        for (int y = 0; y < cells; y++)
            for (int x = 0; x < cells; x++)
            {
                double v = ((y + 0.5) * pixels - (_crop?.Top ?? 0)) / (_crop?.Height ?? Face.Side);
                double u = ((x + 0.5) * pixels - (_crop?.Left ?? 0)) / (_crop?.Width ?? Face.Side);
                if (u is < 0 or > 1 || v is < 0 or > 1) continue;
                if (_mirrored) u = 1 - u;
                double row = Math.Clamp(v * shape.Height - 0.5, 0, shape.Height - 1),
                    column = Math.Clamp(u * shape.Width - 0.5, 0, shape.Width - 1);
                int top = (int)row, left = (int)column, below = Math.Min(top + 1, shape.Height - 1),
                    right = Math.Min(left + 1, shape.Width - 1);
                double upper = At(top, left) + (At(top, right) - At(top, left)) * (column - left);
                double lower = At(below, left) + (At(below, right) - At(below, left)) * (column - left);
                spread[y * cells + x] = upper + (lower - upper) * (row - top);
            }
        return spread;

        double At(int row, int column) => Math.Max(0, evidence[row * shape.Width + column]);
    }

    /// <summary>
    /// The nodes that lead to one network's logits for one view, without the averaging, calibration and softmax behind them.
    /// </summary>
    private static HashSet<int> FirstStream(Network network)
    {
        int at = network.Nodes.Count - 1;
        while (network.Nodes[at] is { Operation: Softmax or Affine or Engine.Add, Inputs: [>= 0, ..] } node
            && network.Nodes[node.Inputs[0]].Shape == network.Output) at = node.Inputs[0];
        var stream = new HashSet<int> { at };
        for (; at >= 0; at--)
            if (stream.Contains(at)) stream.UnionWith(network.Nodes[at].Inputs.Where(input => input >= 0));
        return stream;
    }

    /// <summary>
    /// The last convolution that keeps spatial positions, with the normalisation, sum and ReLU right behind it, which belong to its feature
    /// maps.
    /// </summary>
    private static int LastConvolution(Network network, HashSet<int> stream)
    {
        var nodes = network.Nodes.Where(node => stream.Contains(node.Index)).ToArray();
        int at = nodes.Where(node => node.Operation is Convolution && node.Shape.Area > 1).Select(node => node.Index).DefaultIfEmpty(-1)
            .Last();
        if (at < 0)
            throw new FerException($"The network {network.Architecture} has no convolution with spatial output, which Grad-CAM needs. "
                + "Occlusion maps work without one.");
        while (nodes.Where(node => node.Inputs.Contains(at)).ToArray() is [var next] && next.Shape == network.Nodes[at].Shape
            && next.Operation is BatchNormalization or Engine.Add or Relu or Elu) at = next.Index;
        return at;
    }

    /// <summary>
    /// A copy of the stream with the gradient of inference: batch normalisation by the stored statistics, as a 1x1 convolution of each
    /// channel, no dropout, and logits instead of probabilities, whose gradient vanishes where the model is confident.
    /// </summary>
    private static (int Target, Network Copy) WithoutNormalization(Network network, HashSet<int> stream, int target)
    {
        var builder = new NetworkBuilder(network.Architecture, network.Input);
        var layers = new Layer[network.Nodes.Count];
        var nodes = network.Nodes.Where(node => stream.Contains(node.Index)).ToArray();
        foreach (var node in nodes)
        {
            Layer[] inputs = [.. node.Inputs.Select(i => i < 0 ? builder.Input : layers[i])];
            layers[node.Index] = node.Operation switch
            {
                Dropout => inputs[0],
                BatchNormalization b =>
                    builder.Add(new Convolution(b.Channels, b.Channels, Window.Square(1), groups: b.Channels), node.Name, inputs),
                _ => builder.Add(NetworkCopy.Copy(node.Operation), node.Name, inputs),
            };
        }
        var copy = builder.Build();
        foreach (var node in nodes)
        {
            if (node.Operation is Dropout) continue;
            var copied = copy.Nodes[layers[node.Index].Index].Operation;
            if (node.Operation is not BatchNormalization normalization)
            {
                foreach (var ((_, from), (_, to)) in node.Operation.Parameters.Zip(copied.Parameters)) from.Values.CopyTo(to.Values);
                continue;
            }
            var channel = (Convolution)copied;
            for (int k = 0; k < normalization.Channels; k++)
            {
                float scale = normalization.Scale.Values[k] / MathF.Sqrt(normalization.RunningVariance.Values[k] + normalization.Epsilon);
                channel.Weight.Values[k] = scale;
                channel.Bias!.Values[k] = normalization.Shift.Values[k] - normalization.RunningMean.Values[k] * scale;
            }
        }
        return (layers[target].Index, copy);
    }
}
