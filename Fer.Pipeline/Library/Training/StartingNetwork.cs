using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// What <see cref="ImageClassificationTrainer.Options.Arch"/> stands for: an architecture to train from scratch, or a backbone to
/// fine-tune.
/// </summary>
/// <param name="Options">The trainer's options.</param>
/// <param name="Backbone">The backbone, or null for a network from scratch.</param>
/// <param name="FineTune">What is trained of the backbone.</param>
internal sealed record StartingNetwork(ImageClassificationTrainer.Options Options, Backbone? Backbone, FineTune FineTune)
{
    /// <summary>Finds out what the options mean, and reads the backbone.</summary>
    /// <exception cref="FerException">The file cannot be read, or the backbone is not there; the message says which to get.</exception>
    /// <exception cref="FerUsageException">The name is neither an architecture, a file nor a backbone.</exception>
    internal static StartingNetwork Load(ImageClassificationTrainer.Options options)
    {
        var store = new BackboneStore(options.BackboneFolder);
        switch (Kind(options, store))
        {
            case ArchKind.Architecture:
                return new StartingNetwork(options, null, FineTune.All);
            case ArchKind.Stored:
                options = options with { ResizeTo = options.ResizeTo ?? store.UsualSide(options.Arch) };
                return new StartingNetwork(options, store.Load(options.Arch, options.ResizeTo), options.FineTune ?? FineTune.None);
            default:
                var backbone = Backbone.Load(options.Arch, resizeTo: options.ResizeTo);
                // A model of this project is small and has seen faces: all of it may learn. Others are frozen unless asked for, as in
                // ML.NET.
                var fineTune = options.FineTune ?? (backbone.ClassNames is null ? FineTune.None : FineTune.All);
                return new StartingNetwork(options, backbone, fineTune);
        }
    }

    /// <summary>Fails where the options name nothing to start from; reads no weights.</summary>
    internal static void Check(ImageClassificationTrainer.Options options)
    {
        if (Kind(options, new BackboneStore(options.BackboneFolder)) == ArchKind.Architecture)
            Architectures.Check(options.Arch, ArchitectureOf(options));
    }

    /// <summary>The options with a value wherever null stood for one that depends on what is trained.</summary>
    internal ImageClassificationTrainer.Options Resolved =>
        Backbone is null ? Options.Resolve(null) : Options.Resolve(FineTune, knowsFaces: Backbone.ClassNames is not null);

    /// <summary>
    /// True where layers are fine-tuned of a network that knows all these classes, so that it is a model before any training.
    /// </summary>
    internal bool IsModelOf(IReadOnlyList<string> classNames) => FineTune != FineTune.None && Backbone?.KeepsHead(classNames) == true;

    /// <summary>The network for some classes, with its starting weights.</summary>
    internal Network Create(IReadOnlyList<string> classNames)
    {
        if (Backbone is not null) return Backbone.CreateClassifier(classNames, Options.Dropout, Options.Seed);
        var network = Architectures.Create(Options.Arch, classNames.Count, ArchitectureOf(Options));
        network.Initialize(Options.Seed);
        return network;
    }

    private static ArchKind Kind(ImageClassificationTrainer.Options options, BackboneStore store)
    {
        if (Architectures.IsKnown(options.Arch) && options.FineTune is null) return ArchKind.Architecture;
        if (store.Find(options.Arch) is not null) return ArchKind.Stored;
        if (Architectures.IsKnown(options.Arch))
            throw new FerException($"FineTune needs weights to start from. {store.Missing(options.Arch)}");
        if (File.Exists(options.Arch)) return ArchKind.File;
        bool looksLikeFile = options.Arch.Contains('.') || options.Arch.Contains('/') || options.Arch.Contains('\\');
        if (looksLikeFile)
            throw new FerException(
                $"{options.Arch}: there is no such file. Give a model.zip of this program, an ONNX file, or one of "
                + $"{string.Join(", ", Architectures.Names)}.");
        if (KnownBackbone.Find(options.Arch) is not null || BundledBackbone.Find(options.Arch) is not null)
            throw new FerException(store.Missing(options.Arch));
        string[] names = [.. Architectures.Names, .. store.Names];
        throw new FerUsageException(
            $"'{options.Arch}' is no architecture, backbone or file.{NearestName.Hint(options.Arch, names)} "
            + $"Known are {string.Join(", ", names)}.");
    }

    internal static ArchitectureOptions ArchitectureOf(ImageClassificationTrainer.Options options) => new()
    {
        // What is resized shows the whole face.
        InputSide = options.ResizeTo is null ? options.InputSide : Faces.Face.Side,
        ResizeTo = options.ResizeTo,
        Width = options.Width,
        Dropout = options.Dropout,
    };

    private enum ArchKind { Architecture, Stored, File }
}
