using Fer.Pipeline.Data;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// Trains an image classifier from scratch, under the option names of ML.NET's trainer of the same name.
/// <code>
/// var trainer = new ImageClassificationTrainer(new() { Arch = "FerNet", Epoch = 20 });
/// TrainingResult result = trainer.Fit(training, validation);
/// </code>
/// The same options, data and thread count give the same weights bit for bit, unless <see cref="Options.TimeBudget"/> is set: how many steps
/// fit a time depends on the machine.
/// </summary>
public sealed partial class ImageClassificationTrainer
{
    private readonly Options _options;

    /// <summary>Creates a trainer.</summary>
    /// <exception cref="FerUsageException">An option is out of its range; the message names it.</exception>
    public ImageClassificationTrainer(Options? options = null)
    {
        _options = options ?? new Options();
        _options.Check();
    }

    /// <summary>Trains a new network.</summary>
    /// <param name="training">The faces to learn from.</param>
    /// <param name="validation">The faces to choose the best epoch on, or null for <see cref="Options.ValidationSet"/>.</param>
    /// <param name="cancellation">Looked at before each batch; the run then ends with the best weights so far.</param>
    /// <exception cref="FerException">A set is empty, or the two have other classes.</exception>
    public TrainingResult Fit(FaceSet training, FaceSet? validation = null, CancellationToken cancellation = default)
    {
        validation ??= _options.ValidationSet;
        if (training.Count == 0) throw new FerException("The training set has no faces; check the file and the split that was asked for.");
        if (validation is not null && !training.ClassNames.SequenceEqual(validation.ClassNames))
            throw new FerException($"The training set has the classes {string.Join(", ", training.ClassNames)} and the validation set {string.Join(", ", validation.ClassNames)}; read both with one label scheme.");
        if (validation is { Count: 0 }) validation = null;

        var network = Architectures.Create(_options.Arch, training.ClassNames.Count, new ArchitectureOptions
        {
            InputSide = _options.InputSide,
            Width = _options.Width,
            Dropout = _options.Dropout,
        });
        network.Initialize(_options.Seed);
        return new TrainingLoop(network, training, validation, _options).Run(cancellation);
    }
}
