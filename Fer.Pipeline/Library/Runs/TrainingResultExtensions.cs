using Fer.Pipeline.Data;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>Saves what a trainer gave.</summary>
public static class TrainingResultExtensions
{
    /// <summary>
    /// Chooses views and calibration on the validation split, scores the model and writes <c>model.zip</c> and <c>report.html</c>, as
    /// <see cref="FaceTrainingRun"/> does after its training:
    /// <code>
    /// TrainingResult result = new ImageClassificationTrainer(new() { Epoch = 20 }).Fit(dataset.Training, dataset.Validation);
    /// Console.WriteLine(result.Save(dataset, new() { Folder = "artifacts/mine" }));
    /// </code>
    /// </summary>
    /// <param name="training">What was trained.</param>
    /// <param name="dataset">The faces that it was trained on.</param>
    /// <param name="options">Where to.</param>
    /// <exception cref="FerException">The classes are others, there is no validation split, or the folder cannot be written.</exception>
    /// <exception cref="FerUsageException"><see cref="FaceRunOptions.Resume"/> is set, with nothing to resume; or the folder holds a run
    /// that <see cref="FaceRunOptions.Overwrite"/> does not let go.</exception>
    public static FaceRunResult Save(this TrainingResult training, FaceDataset dataset, FaceRunOptions options)
    {
        if (options.Resume) throw new FerUsageException("A training that has ended has nothing to resume. Leave Resume unset.");
        if (training.Network.Output.Length != dataset.Scheme.ClassNames.Count)
            throw new FerException(
                $"The network tells {training.Network.Output.Length} classes apart and the data set has {dataset.Scheme.ClassNames.Count}: "
                + $"{string.Join(", ", dataset.Scheme.ClassNames)}. Give the data that it was trained on.");
        long start = options.Clock.GetTimestamp();
        using var session = RunSession.Open(options, [], start);
        var folder = new RunFolder(dataset, options);
        var (metrics, written) = folder.Finish(training, [], rehearsal: false);
        return new FaceRunResult
        {
            Folder = options.Folder,
            Metrics = metrics,
            Training = written,
            Elapsed = options.Clock.GetElapsedTime(start),
            Warnings = training.Warning is { } warning ? [warning] : [],
        };
    }
}
