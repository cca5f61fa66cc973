using Fer.Pipeline.Data;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Models;

/// <summary>
/// Makes the network that a model zip carries out of a trained classifier: 1x48x48 pixels in 0..255 in, calibrated probabilities out, all
/// preprocessing inside.
/// </summary>
public static class ServingGraph
{
    /// <summary>
    /// Builds centre crop (where the classifier sees fewer than 48 pixels a side), the classifier without its dropout, the division by the
    /// temperature (Guo et al., arXiv 1706.04599) and softmax. Shares nothing with <paramref name="classifier"/>.
    /// </summary>
    /// <param name="classifier">Input (1, side, side) of raw pixels in 0..255 with side at most 48, output (classes, 1, 1) of logits.</param>
    /// <param name="temperature">What the logits are divided by; 1 leaves them as they are.</param>
    /// <exception cref="FerException">The classifier has other shapes, or ends in probabilities already.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="temperature"/> is not a positive number.</exception>
    public static Network Create(Network classifier, float temperature = 1f)
    {
        if (!(temperature > 0 && float.IsFinite(1 / temperature) && 1 / temperature > 0))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature is a positive number.");
        var input = classifier.Input;
        if (input.Channels != 1 || input.Height > FaceSet.Side || input.Width > FaceSet.Side)
            throw new FerException($"The network {classifier.Architecture} takes {input}; a model is served on 1x{FaceSet.Side}x{FaceSet.Side} pixels or a part of them.");
        if (classifier.Output.Area != 1 || classifier.Nodes[^1].Operation is Softmax)
            throw new FerException($"The network {classifier.Architecture} gives {classifier.Output} from its last layer '{classifier.Nodes[^1].Name}'; one logit a class is needed.");

        var names = classifier.Nodes.Select(n => n.Name).ToHashSet();
        var builder = new NetworkBuilder(classifier.Architecture, new Shape(1, FaceSet.Side, FaceSet.Side));
        var layer = builder.Input;
        if (input != layer.Shape)
            layer = builder.Add(new Crop((FaceSet.Side - input.Height) / 2, (FaceSet.Side - input.Width) / 2, input.Height, input.Width), Free("centre"), layer);
        layer = NetworkCopy.Append(builder, layer, classifier, inferenceOnly: true);
        layer = builder.Add(new Affine(0, 1 / temperature), Free("temperature"), layer);
        builder.Add(new Softmax(), Free("softmax"), layer);
        var serving = builder.Build();
        NetworkCopy.CopyParameters(classifier, serving);
        return serving;

        string Free(string name)
        {
            while (!names.Add(name)) name += "_";
            return name;
        }
    }
}
