using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// Another program's classifier as a <see cref="FerModel"/>: any ONNX network of grey or colour pictures that gives a value a class, such
/// as FER+, EmotiEffLib's or an export of Keras. It sees the same faces as a model of this project: 48 x 48 grey pixels, resized to what
/// it takes.
/// <code>
/// using var model = OnnxClassifier.Load("emotion-ferplus-8.onnx",
///     ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "-"], BackbonePreprocessing.None);
/// </code>
/// </summary>
public static class OnnxClassifier
{
    /// <summary>In a list of classes, an output that is none: valence, "not a face", or a class that is not wanted.</summary>
    public const string NoClass = "-";

    // Below every probability that is told apart from 0.
    private const float LeastProbability = 1e-30f;

    /// <summary>Loads a classifier.</summary>
    /// <param name="path">The ONNX file; external data lies beside it.</param>
    /// <param name="classNames">
    /// What the network's outputs mean, in its order; <see cref="NoClass"/> leaves one out, and the probabilities of the rest sum to 1.
    /// Where all are emotions or synonyms of them, the model has their usual names and order.
    /// </param>
    /// <param name="preprocessing">What it wants done to pixels; null is ImageNet's for three channels and nothing for one.</param>
    /// <param name="resizeTo">Width and height that faces are resized to; null is the size it was made for.</param>
    /// <param name="threads">Threads to predict with; 0 is one a processor.</param>
    /// <param name="limits">Limits on what the file may require; null for the defaults.</param>
    /// <exception cref="FerUsageException">The names are not those of the network's outputs.</exception>
    /// <exception cref="FerException">The file cannot be read, or is no classifier of pictures.</exception>
    public static FerModel Load(
        string path, IReadOnlyList<string> classNames, BackbonePreprocessing? preprocessing = null, int? resizeTo = null, int threads = 0,
        OnnxReadLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var (names, scheme, outputs) = Order(classNames);
        var foreign = OnnxReader.Read(path, limits, resizeTo);
        int last = OutputOf(foreign, classNames.Count, path);
        bool endsInSoftmax = foreign.Nodes[last].Operation is Softmax;
        if (endsInSoftmax) last = foreign.Nodes[last].Inputs[0];
        string name = Path.GetFileNameWithoutExtension(path);
        preprocessing ??= PreprocessingOf(path, foreign);
        var scores = Backbone.OverFaces(foreign, name, preprocessing, resizeTo, last);
        var network = Classes(scores, outputs, classNames.Count, areProbabilities: !endsInSoftmax && GivesProbabilities(scores));
        var manifest = new ModelManifest
        {
            ClassNames = names,
            Scheme = scheme,
            Architecture = name,
            Settings = new Dictionary<string, string> { ["file"] = Path.GetFileName(path), ["preprocessing"] = preprocessing.Name },
        };
        return FerModel.Of(new ModelZip(network, manifest, "{}"), threads);
    }

    /// <summary>What a published file of this name wants done to its pixels, else what its channels suggest.</summary>
    private static BackbonePreprocessing PreprocessingOf(string path, Network network) =>
        KnownBackbone.All.FirstOrDefault(known => known.File.Equals(Path.GetFileName(path), StringComparison.OrdinalIgnoreCase))
            ?.Preprocessing ?? BackbonePreprocessing.For(network.Input);

    /// <summary>The model's classes, their scheme, and which output each is.</summary>
    private static (IReadOnlyList<string> Names, string Scheme, int[] Outputs) Order(IReadOnlyList<string> given)
    {
        int[] wanted = [.. Enumerable.Range(0, given.Count).Where(i => given[i].Trim() != NoClass)];
        if (wanted.Length < 2)
            throw new FerUsageException($"{wanted.Length} class of {given.Count} outputs is named; a classifier needs at least two.");
        string[] names = [.. wanted.Select(i => given[i].Trim())];
        bool areEmotions = names.All(name => EmotionNames.TryParse(name, out _));
        if (areEmotions) names = [.. names.Select(name => EmotionNames.NameOf(EmotionNames.Parse(name)))];
        if (names.FirstOrDefault(name => name.Length == 0) is not null)
            throw new FerUsageException($"A class has no name. '{NoClass}' stands for an output that is no class.");
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new FerUsageException($"The class '{twice.Key}' is named twice. '{NoClass}' stands for an output that is no class.");
        if (!areEmotions)
        {
            var own = LabelScheme.OfNames(names);
            return (own.ClassNames, own.Definition, wanted);
        }
        var scheme = ((LabelScheme[])[LabelScheme.Seven, LabelScheme.Six, LabelScheme.Three, LabelScheme.Eight])
            .FirstOrDefault(known => known.ClassNames.Order().SequenceEqual(names.Order())) ?? LabelScheme.Custom(names, []);
        return (scheme.ClassNames, scheme.Definition, [.. scheme.ClassNames.Select(name => wanted[Array.IndexOf(names, name)])]);
    }

    /// <summary>The node that gives a value for each name.</summary>
    private static int OutputOf(Network network, int count, string path)
    {
        var fitting = network.Outputs.Where(output => output.Shape.Length == count).ToList();
        // Some give logits and probabilities, which mean the same.
        if (fitting.Count > 1 && fitting.Where(o => network.Nodes[o.Node].Operation is Softmax).ToList() is [var only]) return only.Node;
        if (fitting.Count == 1) return fitting[0].Node;
        string sizes = string.Join(", ", network.Outputs.Select(output => $"{output.Shape.Length} ('{output.Name}')"));
        throw new FerUsageException(fitting.Count == 0
            ? $"{path}: {count} classes are named, and the network gives {sizes} values. Name each, in its order; '{NoClass}' stands for " +
                "one that is no class."
            : $"{path}: {fitting.Count} of its outputs have {count} values, so it is not clear which are the classes: {sizes}. Export it " +
                "with that one output.");
    }

    /// <summary>Puts the choice of the classes and a softmax behind the scores.</summary>
    private static Network Classes(Network scores, int[] outputs, int count, bool areProbabilities)
    {
        var builder = new NetworkBuilder(scores.Architecture, scores.Input);
        var layer = NetworkCopy.Append(builder, builder.Input, scores);
        if (layer.Shape != new Shape(count)) layer = builder.Add(new Flatten(), builder.FreeName("scores"), layer);
        Linear? choice = null;
        if (!outputs.SequenceEqual(Enumerable.Range(0, count)))
            layer = builder.Add(choice = new Linear(count, outputs.Length, bias: false), builder.FreeName("classes"), layer);
        if (areProbabilities)
        {
            // The softmax of logarithms of probabilities are the probabilities, and they sum to 1 where some are left out.
            layer = builder.Add(new Clip(LeastProbability, float.MaxValue), builder.FreeName("positive"), layer);
            layer = builder.Add(new Elementary(ElementaryFunction.Log), builder.FreeName("logarithm"), layer);
        }
        builder.Add(new Softmax(), builder.FreeName("softmax"), layer);
        var network = builder.Build();
        NetworkCopy.CopyParameters(scores, network, partly: true);
        for (int c = 0; choice is not null && c < outputs.Length; c++) choice.Weight.Values[c * count + outputs[c]] = 1;
        return network;
    }

    /// <summary>True where every score of some drawn faces is from 0 to 1, which no logits are.</summary>
    private static bool GivesProbabilities(Network scores)
    {
        byte[] faces = MlNetCheck.Samples();
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(scores, 1, training: false, pool, frozen: true);
        for (int first = 0; first < faces.Length; first += Face.PixelCount)
        {
            for (int i = 0; i < Face.PixelCount; i++) executor.Input[i] = faces[first + i];
            executor.Forward(1);
            foreach (float value in executor.Output)
                if (!(value >= -1e-6f && value <= 1 + 1e-4f)) return false;
        }
        return true;
    }
}
