using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// A trained network to go on from: a classifier of whatever classes whose input is grey faces of pixels 0 … 255 and whose features are
/// tapped in front of its last layer with weights.
/// </summary>
public sealed class Backbone
{
    private Backbone(string name, Network network, IReadOnlyList<string>? classNames)
    {
        Name = name;
        Network = network;
        ClassNames = classNames;
        Tap = NetworkTap.Find(network);
        // Fails here rather than after the data has been read.
        if (Tap.Features < 0) throw new FerException($"{name}: the network has nothing in front of its last layer, so there are no " +
            "features to use. Take a network with more layers.");
    }

    /// <summary>What it is called in messages and manifests.</summary>
    public string Name { get; }

    /// <summary>From [batch, 1, side, side] grey pixels 0 … 255, side at most 48, to its own outputs; preprocessing is inside.</summary>
    public Network Network { get; }

    /// <summary>The classes it tells apart, where it is one of this project's models.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>Where the features come out.</summary>
    internal NetworkTap Tap { get; }

    /// <summary>Reads a backbone from a model zip of this project or an ONNX file.</summary>
    /// <param name="path">The file; one that ends in <c>.zip</c> is a model zip.</param>
    /// <param name="preprocessing">What an ONNX network wants done to its pixels; null is ImageNet's for three channels and nothing for
    /// one.</param>
    /// <param name="resizeTo">Width and height that faces are resized to in front of an ONNX network; null is the size it was made
    /// for.</param>
    /// <param name="name">What to call it; null is the file's name.</param>
    /// <param name="limits">Limits on what the network may require; null for the defaults.</param>
    /// <exception cref="FerException">The file cannot be read, or the network takes other pictures.</exception>
    public static Backbone Load(string path, BackbonePreprocessing? preprocessing = null, int? resizeTo = null, string? name = null,
        OnnxReadLimits? limits = null)
    {
        name ??= Path.GetFileNameWithoutExtension(path);
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            if (resizeTo is not null)
                throw new FerUsageException(
                    $"{path}: a model zip has its own input size; ResizeTo is for ONNX backbones and architectures.");
            var zip = ModelZip.Load(path, limits);
            return new Backbone(zip.Network.Architecture, WithoutServing(zip.Network), zip.Manifest.ClassNames);
        }
        return new Backbone(name, OverFaces(OnnxReader.Read(path, limits, resizeTo), name, preprocessing, resizeTo), null);
    }

    /// <summary>Reads an ONNX network that wants a mean picture taken off its input.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mean">The mean picture, of the size it was made for.</param>
    /// <param name="resizeTo">Width and height that faces are resized to; null is the size it was made for.</param>
    /// <param name="name">What to call it.</param>
    /// <exception cref="FerException">The file cannot be read, or the network takes other pictures.</exception>
    internal static Backbone Load(string path, MeanImage mean, int? resizeTo, string name)
    {
        var network = OnnxReader.Read(path, limits: null, resizeTo);
        return new Backbone(name, OverFaces(network, name, Centred(mean.At(resizeTo ?? network.Input.Height)), resizeTo), null);
    }

    /// <summary>
    /// A classifier of other classes on these features: dropout and a new linear layer behind the tap. Where the backbone knows every one
    /// of <paramref name="classNames"/>, the new layer has their rows of its last layer, and training goes on where it ended. A name is all
    /// that is looked at: "angry" is known where disgust was joined to it as well.
    /// </summary>
    /// <param name="classNames">The classes.</param>
    /// <param name="dropout">Rate of the dropout before the head.</param>
    /// <param name="seed">Seed of a new head's weights.</param>
    internal Network CreateClassifier(IReadOnlyList<string> classNames, float dropout, long seed)
    {
        var builder = new NetworkBuilder(Network.Architecture, Network.Input);
        var features = Tap.Append(builder, builder.Input, Network);
        if (dropout > 0) features = builder.Add(new Dropout(dropout), builder.FreeName("head_dropout"), features);
        var head = new Linear(features.Shape.Length, classNames.Count, initializer: Initializer.XavierUniform);
        // Not the old head's name either, or the new one would be given its values below.
        string headName = builder.FreeName("head");
        while (Network.Nodes.Any(n => n.Name == headName)) headName += "_";
        builder.Add(head, headName, features);
        var classifier = builder.Build();
        classifier.Initialize(seed);
        NetworkCopy.CopyParameters(Network, classifier, partly: true);
        if (KeepsHead(classNames) && Tap.Head is { } old)
        {
            string[] names = [.. ClassNames!];
            int length = features.Shape.Length;
            for (int c = 0; c < classNames.Count; c++)
            {
                int known = Array.IndexOf(names, classNames[c]);
                old.Weight.Values.Slice(known * length, length).CopyTo(head.Weight.Values[(c * length)..]);
                if (old.Bias is { } bias) head.Bias!.Values[c] = bias.Values[known];
            }
        }
        return classifier;
    }

    /// <summary>True where the last layer knows each of these classes already.</summary>
    internal bool KeepsHead(IReadOnlyList<string> classNames) =>
        ClassNames is not null && Tap.Head is not null && classNames.All(ClassNames.Contains);

    /// <summary>
    /// A classifier out of a served network: of several members or views the first, without the crop and mirror in front of it, so that
    /// training sees other parts of the face too.
    /// </summary>
    private static Network WithoutServing(Network serving)
    {
        int last = serving.Outputs[0].Node;
        // The answers of members and views are summed in front of calibration and softmax; the first summand is the first's.
        while (serving.Nodes[last].Operation is Softmax or Affine or Add) last = serving.Nodes[last].Inputs[0];
        int first = -1;
        if (serving.Nodes.FirstOrDefault(n => n.Inputs.Contains(-1)) is { Operation: Crop or Mirror } view)
        {
            first = view.Index;
            // What is cut out is enlarged by the view: a network that resizes by itself sees the whole face.
            if (view.Operation is Crop && After(first) is { Operation: Resize } resize) first = resize.Index;
            if (After(first) is { Operation: Mirror } mirror) first = mirror.Index;
        }
        var builder = new NetworkBuilder(serving.Architecture, first < 0 ? serving.Input : serving.Nodes[first].Shape);
        NetworkCopy.Append(builder, builder.Input, serving, last: last, first: first < 0 ? null : first);
        var network = builder.Build();
        NetworkCopy.CopyParameters(serving, network, partly: true);
        return network;

        Node? After(int node) => serving.Nodes.FirstOrDefault(n => n.Inputs.Contains(node));
    }

    /// <summary>Puts resizing, scaling and the copies of the grey plane in front of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="preprocessing">What it wants done to pixels; null is what its channels suggest.</param>
    /// <param name="resizeTo">Width and height that it is given; null is the size it was made for.</param>
    /// <param name="last">The node whose output is wanted; null for the network's.</param>
    internal static Network OverFaces(
        Network network, string name, BackbonePreprocessing? preprocessing, int? resizeTo, int? last = null) =>
        OverFaces(network, name, Scaled(network.Input.Channels, preprocessing ?? BackbonePreprocessing.For(network.Input)), resizeTo, last);

    /// <summary>Puts resizing and what makes the network's picture of the grey plane in front of a network.</summary>
    private static Network OverFaces(Network network, string name, Prepare prepare, int? resizeTo, int? last = null)
    {
        var input = network.Input;
        if (input.Channels is not (1 or 3))
            throw new FerException($"{name}: the network takes {input}; pictures of 1 or 3 channels are needed.");
        var builder = new NetworkBuilder(name, new Shape(1, Face.Side, Face.Side));
        var (height, width) = (resizeTo ?? input.Height, resizeTo ?? input.Width);
        var pixels = (height, width) == (Face.Side, Face.Side) ? builder.Input : builder.Add(
            new Resize(height, width, new ResizeOptions { Interpolation = Interpolation.Linear }), "face_resize", builder.Input);
        var (picture, fill) = prepare(builder, pixels);
        try
        {
            NetworkCopy.Append(builder, picture, network, last: last);
        }
        catch (FerException e) when (resizeTo is not null)
        {
            throw new FerException($"{name}: cannot work on {resizeTo}x{resizeTo} pixels instead of {input.Height}x{input.Width} " +
                $"({e.Message.TrimEnd('.')}). Leave the size as it is.", e);
        }
        var over = builder.Build();
        NetworkCopy.CopyParameters(network, over, partly: last is not null);
        fill?.Invoke();
        return over;
    }

    /// <summary>Makes the network's picture of grey pixels; what it gives besides is to be called once the network is built.</summary>
    private delegate (Layer Picture, Action? Fill) Prepare(NetworkBuilder builder, Layer pixels);

    private static Prepare Scaled(int channels, BackbonePreprocessing preprocessing) => (builder, pixels) =>
    {
        var planes = new Layer[channels];
        for (int c = 0; c < planes.Length; c++)
            planes[c] = builder.Add(new Affine((float)Of(preprocessing.Mean, c), (float)(1 / Of(preprocessing.Deviation, c))),
                $"face_scale{c}", pixels);
        return (planes.Length == 1 ? planes[0] : builder.Add(new Concat(), "face_channels", planes), null);

        static double Of(IReadOnlyList<double> values, int channel) => values[values.Count == 1 ? 0 : channel];
    };

    private static Prepare Centred(MeanImage mean) => (builder, pixels) =>
    {
        var negative = new Constant(new Shape(MeanImage.Channels, mean.Side, mean.Side));
        var planes = builder.Add(new Concat(), "face_channels", [.. Enumerable.Repeat(pixels, MeanImage.Channels)]);
        var picture = builder.Add(new Add(), "face_centred", planes, builder.Add(negative, "face_mean"));
        return (picture, Fill);

        void Fill()
        {
            for (int i = 0; i < mean.Values.Length; i++) negative.Value.Values[i] = -mean.Values[i];
        }
    };
}
