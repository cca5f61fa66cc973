using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// Makes the network that a model zip carries out of a trained classifier: 1x48x48 pixels in 0..255 in, calibrated probabilities out, all
/// preprocessing inside.
/// </summary>
internal static class InferenceGraph
{
    /// <summary>
    /// Builds centre crop (where the classifier sees fewer than 48 pixels a side), the classifier without its dropout, the calibration and
    /// softmax. Shares nothing with <paramref name="classifier"/>.
    /// </summary>
    /// <param name="classifier">Input (1, side, side) of raw pixels in 0..255 with side at most 48, output (classes, 1, 1) of
    /// logits.</param>
    /// <param name="calibration">What becomes of the logits; null leaves them as they are.</param>
    /// <exception cref="FerException">The classifier has other shapes or classes than the calibration, or ends in probabilities
    /// already.</exception>
    public static Network Create(Network classifier, LogitCalibration? calibration = null) =>
        Create([classifier], FaceViews.Centre, calibration);

    /// <summary>
    /// Builds one network of several classifiers, each over several views of the face. Their logits are averaged before the calibration and
    /// the softmax: the answer is the geometric mean of all their probabilities, calibrated as one. A classifier's weights are
    /// there once, however many views it sees.
    /// </summary>
    /// <param name="classifiers">Networks of the same classes, each as <see cref="Create(Network, LogitCalibration)"/> takes it.</param>
    /// <param name="views">What each sees of the face.</param>
    /// <param name="calibration">What becomes of the mean logits; null leaves them as they are.</param>
    /// <exception cref="FerException">A classifier has other shapes or classes than the calibration, ends in probabilities already, or does
    /// not fit a view.</exception>
    public static Network Create(IReadOnlyList<Network> classifiers, FaceViews views, LogitCalibration? calibration = null)
    {
        int classes = classifiers[0].Output.Length;
        calibration ??= LogitCalibration.None(classes);
        if (calibration.Biases.Count != classes)
            throw new FerException($"A calibration of {calibration.Biases.Count} classes does not fit a network of {classes}.");
        var graph = new Building(classifiers);
        var logits = new List<Layer>();
        for (int i = 0; i < classifiers.Count; i++) logits.AddRange(graph.Add(i, views.List(classifiers[i].Input.Height)));
        var sum = logits[0];
        for (int i = 1; i < logits.Count; i++) sum = graph.Builder.Add(new Add(), graph.Free($"sum{i}"), sum, logits[i]);
        sum = graph.Builder.Add(new Affine(0, 1 / ((float)calibration.Temperature * logits.Count)), graph.Free("temperature"), sum);
        var biases = calibration.HasBiases ? new Constant(classifiers[0].Output) : null;
        if (biases is not null)
            sum = graph.Builder.Add(new Add(), graph.Free("calibrated"), sum, graph.Builder.Add(biases, graph.Free("bias")));
        graph.Builder.Add(new Softmax(), graph.Free("softmax"), sum);
        var network = graph.Build();
        // A constant has values once it belongs to a network.
        for (int c = 0; biases is not null && c < classes; c++) biases.Value.Values[c] = (float)calibration.Biases[c];
        return network;
    }

    /// <summary>One view of a classifier: 1x48x48 pixels in, its logits out. Shares nothing with <paramref name="classifier"/>.</summary>
    /// <exception cref="FerException">The classifier has other shapes, ends in probabilities already, or does not fit the view.</exception>
    public static Network CreateView(Network classifier, FaceView view)
    {
        var graph = new Building([classifier]);
        graph.Add(0, [view]);
        return graph.Build();
    }

    private sealed class Building
    {
        private static readonly ResizeOptions Enlarging = new() { Interpolation = Interpolation.Linear };

        private readonly IReadOnlyList<Network> _classifiers;
        private readonly HashSet<string> _names;

        internal Building(IReadOnlyList<Network> classifiers)
        {
            foreach (var classifier in classifiers) Check(classifier);
            if (classifiers.Any(c => c.Output != classifiers[0].Output))
                throw new FerException("Networks of different classes cannot answer together.");
            _classifiers = classifiers;
            // The layers of the classifiers keep their names; those that are added give way.
            _names = [.. classifiers.SelectMany((c, i) => c.Nodes.Select(n => Prefix(i) + n.Name))];
            Builder = new NetworkBuilder(classifiers[0].Architecture, new Shape(1, Face.Side, Face.Side));
        }

        internal NetworkBuilder Builder { get; }

        /// <summary>Adds a classifier over some views and gives its logits for each.</summary>
        internal IEnumerable<Layer> Add(int number, IReadOnlyList<FaceView> views)
        {
            var classifier = _classifiers[number];
            var copies = new Dictionary<Operation, Operation>();
            var logits = new List<Layer>();
            for (int i = 0; i < views.Count; i++)
            {
                var (top, left, side, mirrored, _) = views[i];
                string ending = i == 0 ? "" : $".view{i + 1}", prefix = Prefix(number);
                var layer = Builder.Input;
                if (side != Face.Side) layer = Builder.Add(new Crop(top, left, side, side), Free($"{prefix}centre{ending}"), layer);
                if (views[i].Shown != side)
                    layer = Builder.Add(new Resize(views[i].Shown, views[i].Shown, Enlarging), Free($"{prefix}resize{ending}"), layer);
                if (mirrored) layer = Builder.Add(new Mirror(), Free($"{prefix}mirror{ending}"), layer);
                logits.Add(NetworkCopy.Append(Builder, layer, classifier, inferenceOnly: true, name => prefix + name + ending, copies));
            }
            return logits;
        }

        internal Network Build()
        {
            var network = Builder.Build();
            for (int i = 0; i < _classifiers.Count; i++) NetworkCopy.CopyParameters(_classifiers[i], network, Prefix(i));
            return network;
        }

        internal string Free(string name)
        {
            while (!_names.Add(name)) name += "_";
            return name;
        }

        private string Prefix(int number) => _classifiers.Count == 1 ? "" : $"member{number + 1}.";

        private static void Check(Network classifier)
        {
            var input = classifier.Input;
            if (input.Channels != 1 || input.Height > Face.Side || input.Width > Face.Side)
                throw new FerException($"The network {classifier.Architecture} takes {input}; a model is served on " +
                    $"1x{Face.Side}x{Face.Side} pixels or a part of them.");
            if (classifier.Output.Area != 1 || classifier.Nodes[^1].Operation is Softmax)
                throw new FerException($"The network {classifier.Architecture} gives {classifier.Output} from its last layer " +
                    $"'{classifier.Nodes[^1].Name}'; one logit a class is needed.");
        }
    }
}
