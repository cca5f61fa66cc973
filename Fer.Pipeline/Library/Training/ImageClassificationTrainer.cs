using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// Trains an image classifier from scratch or fine-tunes a network that was trained before, under the option names of ML.NET's trainer of
/// the same name.
/// <code>
/// var trainer = new ImageClassificationTrainer(new() { Arch = "FerNet", Epoch = 20 });
/// TrainingResult result = trainer.Fit(training, validation);
/// var tuner = new ImageClassificationTrainer(new() { Arch = "artifacts/first/model.zip", FineTune = FineTune.All, LearningRate = 0.01 });
/// </code>
/// The same options, data, thread count and vector width give the same weights bit for bit, unless <see cref="Options.TimeBudget"/> is set:
/// how many steps fit a time depends on the machine.
/// </summary>
public sealed partial class ImageClassificationTrainer
{
    /// <summary>Epochs on the features after which a linear head has found its direction; fine-tuning starts from there.</summary>
    private const int HeadFirstEpochs = 5;

    private readonly Options _options;

    /// <summary>Creates a trainer.</summary>
    /// <exception cref="FerUsageException">An option is out of its range; the message names it.</exception>
    public ImageClassificationTrainer(Options? options = null)
    {
        _options = options ?? new Options();
        _options.Check();
    }

    /// <summary>Trains a network.</summary>
    /// <param name="training">The faces to learn from.</param>
    /// <param name="validation">The faces to choose the best epoch on, or null for <see cref="Options.ValidationSet"/>.</param>
    /// <param name="cancellation">Looked at before each batch; the run then ends with the best weights so far.</param>
    /// <exception cref="FerException">A set is empty, all faces to learn from are of one class, the two sets have other classes, the
    /// backbone or the teacher cannot be read, or the teacher does not know a class.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while the teacher's predictions or the features of a frozen backbone were
    /// computed, before any step.</exception>
    public TrainingResult Fit(FaceSet training, FaceSet? validation = null, CancellationToken cancellation = default)
    {
        if (validation is null && _options.ValidationSet is { } view) validation = Read(view, training.ClassNames);
        if (training.Count == 0) throw new FerException("The training set has no faces; check the file and the split that was asked for.");
        if (!training.Labels.ContainsAnyExcept(training.Label(0)))
            throw new FerException($"All {training.Count} faces of the training set are of one class, " +
                $"{training.ClassNames[training.Label(0)]}. A classifier tells two or more apart: add faces of another.");
        if (validation is not null && !training.ClassNames.SequenceEqual(validation.ClassNames))
            throw new FerException(
                $"The training set has the classes {string.Join(", ", training.ClassNames)} and the validation set " +
                $"{string.Join(", ", validation.ClassNames)}; read both with one label scheme.");
        if (validation is { Count: 0 }) validation = null;

        // What comes before the first step counts in the time budget as well.
        var options = _options with { Started = _options.Clock.GetTimestamp() };
        var starting = StartingNetwork.Load(options);
        options = starting.Resolved;
        var result = Fit(starting, training, validation, options, cancellation);
        return result with { Options = options with { MetricsCallback = null, ProgressCallback = null, Started = 0 } };
    }

    private static TrainingResult Fit(
        StartingNetwork starting, FaceSet training, FaceSet? validation, Options options, CancellationToken cancellation)
    {
        if (options.Teacher is { } teacher)
        {
            training = Teacher.Load(teacher, training.ClassNames).Teach(training, options, cancellation);
            options = options with { SoftTargets = 1 };
        }
        var network = starting.Create(training.ClassNames);
        // What is resized inside the network, and what comes from a file, has an input size of its own.
        var sized = options with { InputSide = network.Input.Height };
        if (starting.Backbone is null) return Loop(network, training, validation, sized).Run(cancellation);
        if (starting.FineTune == FineTune.None) return FitHead(starting.Backbone, network, training, validation, options, cancellation);
        bool isModel = starting.IsModelOf(training.ClassNames);
        if (options.HeadFirst && !isModel)
        {
            if (options.WorkspacePath is not null) sized = sized with { StartingWeights = TrainingCheckpoint.HashOf(network) };
            // A checkpoint has the head already.
            if (!HasCheckpoint(options)) FitHead(starting.Backbone, network, training, null, HeadFirst(options), cancellation);
        }
        var result = FitLayers(starting.FineTune, network, training, validation, sized with { OffersStart = isModel }, cancellation);
        bool keepsStart = isModel && validation is not null && result.BestEpoch > 0;
        return keepsStart ? result with { StartNetwork = starting.Create(training.ClassNames) } : result;
    }

    private static TrainingLoop Loop(Network network, FaceSet training, FaceSet? validation, Options options) =>
        new(network, TrainingInput.Of(training), validation is null ? null : TrainingInput.Of(validation), options);

    private static bool HasCheckpoint(Options options) =>
        options is { Resume: true, WorkspacePath: { } folder } && CheckpointFile.Exists(Path.Combine(folder, TrainingCheckpoint.FileName));

    /// <summary>The options of the head's fit before layers are fine-tuned: short, and of no checkpoint of its own.</summary>
    private static Options HeadFirst(Options options) => options with
    {
        Epoch = HeadFirstEpochs,
        TimeBudget = null,
        EarlyStoppingCriteria = null,
        ProgressCallback = null,
        MetricsCallback = OnlyBottleneck(options.MetricsCallback),
        BottleneckFolder = options.BottleneckFolder ?? options.WorkspacePath,
        WorkspacePath = null,
        Resume = false,
    };

    /// <summary>Computes the features of all faces once and trains the head on them.</summary>
    private static TrainingResult FitHead(
        Backbone backbone, Network network, FaceSet training, FaceSet? validation, Options options, CancellationToken cancellation)
    {
        var cut = backbone.Tap.Cut(backbone.Network);
        BottleneckFeatures features;
        BottleneckFeatures? validationFeatures = null;
        using (var pool = new WorkerPool(options.Threads) { AllowsWinograd = options.Winograd })
        {
            features = BottleneckFeatures.Compute(cut, training, BottleneckDataset.Train, options, pool, cancellation);
            if (validation is not null)
                validationFeatures = BottleneckFeatures.Compute(cut, validation, BottleneckDataset.Validation, options, pool, cancellation);
        }
        return new HeadTraining(features, validationFeatures, options).Run((Linear)network.Nodes[^1].Operation, network, cancellation);
    }

    /// <summary>Trains the head and some or all of the layers before it.</summary>
    private static TrainingResult FitLayers(
        FineTune fineTune, Network network, FaceSet training, FaceSet? validation, Options options, CancellationToken cancellation)
    {
        var plan = new FineTunePlan(network, fineTune, options);
        try
        {
            return Loop(network, training, validation, options with { BeforeStep = plan.BeforeStep }).Run(cancellation);
        }
        finally
        {
            FineTunePlan.Release(network);
        }
    }

    private static Action<ImageClassificationMetrics>? OnlyBottleneck(Action<ImageClassificationMetrics>? callback) => callback is null
        ? null
        : metrics =>
        {
            if (metrics.Bottleneck is not null) callback(metrics);
        };
}
