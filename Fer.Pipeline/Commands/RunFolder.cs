using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Tensors;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Commands;

/// <summary>Scores a trained network on the validation split and leaves <c>model.zip</c> and <c>report.html</c> in a run's folder.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="dataset">The faces it was trained on.</param>
/// <param name="title">The report's title.</param>
/// <param name="command">The command that gives this result again.</param>
internal sealed class RunFolder(string folder, FaceDataset dataset, string title, string command)
{
    internal const string ModelName = "model.zip", ReportName = "report.html", TrialsName = "trials.jsonl";

    internal string Model => Path.Combine(folder, ModelName);

    internal string Report => Path.Combine(folder, ReportName);

    internal string Trials => Path.Combine(folder, TrialsName);

    /// <summary>Writes the run's results, or goes through all of it and leaves nothing.</summary>
    /// <returns>The metrics on the validation split.</returns>
    /// <exception cref="FerException">The folder cannot be written.</exception>
    internal MulticlassClassificationMetrics Finish(
        TrainingResult training, ImageClassificationTrainer.Options options, IReadOnlyList<TrialReport> trials, bool rehearsal)
    {
        string target = rehearsal ? Path.Combine(folder, ".rehearsal") : folder;
        try
        {
            return Write(target, training, options, trials);
        }
        finally
        {
            if (rehearsal && Directory.Exists(target)) Directory.Delete(target, recursive: true);
        }
    }

    private MulticlassClassificationMetrics Write(
        string target, TrainingResult training, ImageClassificationTrainer.Options options, IReadOnlyList<TrialReport> trials)
    {
        var faces = dataset.Validation;
        var classes = faces.ClassNames;
        ModelScores scores;
        using (var pool = new WorkerPool(options.Threads))
        using (var evaluator = new ModelEvaluator(training.Network, pool)) scores = evaluator.Score(faces);
        double temperature = TemperatureScaling.Fit(scores.Logits, faces.Labels, classes.Count);
        float[] probabilities = Softmax(scores.Logits, classes.Count, temperature);
        var metrics = MulticlassClassificationMetrics.Compute(probabilities, faces.Labels, classes, imagesPerSecond: scores.ImagesPerSecond);
        var settings = Settings(options, training, temperature);
        ModelZip.Save(Path.Combine(target, ModelName), ServingGraph.Create(training.Network, (float)temperature), new ModelManifest
        {
            ClassNames = classes,
            Scheme = dataset.Scheme.Definition,
            Architecture = training.Network.Architecture,
            TrainingDataSha256 = dataset.Training.Sha256,
            Seed = options.Seed,
            Settings = settings.ToDictionary(s => s.Name, s => s.Value),
            Metrics = new Dictionary<string, double>
            {
                ["validationAccuracy"] = metrics.Accuracy,
                ["validationMacroF1"] = metrics.MacroF1,
                ["validationLogLoss"] = metrics.LogLoss,
            },
        }, metrics.ToJson());
        ExperimentReport.Write(Path.Combine(target, ReportName), ReportData(training, settings, trials, metrics));
        return metrics;
    }

    private ExperimentReportData ReportData(
        TrainingResult training, IReadOnlyList<ReportValue> settings, IReadOnlyList<TrialReport> trials, MulticlassClassificationMetrics metrics) => new()
        {
            Title = title,
            Command = command,
            Notes = dataset.Notes,
            DataDescription = dataset.IsSample ? "Faces drawn by the program" : Path.GetFileName(dataset.Source),
            DataHash = dataset.Training.Sha256,
            ClassNames = dataset.Scheme.ClassNames,
            Splits = [.. Enum.GetValues<Usage>().Where(u => dataset[u].Count > 0).Select(u => new SplitCounts(u.ToString(), dataset[u].CountByClass()))],
            Settings = settings,
            Epochs = [.. training.History.Select(m => new EpochFigures(
                m.Epoch, m.TrainingAccuracy, m.ValidationAccuracy ?? double.NaN, m.TrainingLoss, m.ValidationLoss ?? double.NaN))],
            BestEpoch = training.BestEpoch > 0 ? training.BestEpoch : null,
            Evaluations = [new EvaluationReport("PublicTest (validation)", metrics)],
            Trials = trials,
            Environment = Environment(),
        };

    private static IReadOnlyList<ReportValue> Settings(ImageClassificationTrainer.Options options, TrainingResult training, double temperature) =>
    [
        new("Arch", Path.GetFileName(options.Arch)),
        new("FineTune", options.FineTune?.ToString() ?? "by what Arch is"),
        new("Width", Text(options.Width)),
        new("InputSide", Text(options.InputSide)),
        new("Epochs", Text(training.History.Count)),
        new("Steps", Text(training.Steps)),
        new("Seconds", Text(training.Elapsed.TotalSeconds)),
        new("BatchSize", Text(options.BatchSize)),
        new("Optimizer", options.Optimizer.ToString()),
        new("LearningRate", Text(options.LearningRate)),
        new("LearningRateScheduler", options.LearningRateScheduler.GetType().Name),
        new("WeightDecay", Text(options.WeightDecay)),
        new("LabelSmoothing", Text(options.LabelSmoothing)),
        new("Dropout", Text(options.Dropout)),
        new("Mixup", Text(options.Mixup)),
        new("ExponentialMovingAverage", Text(options.ExponentialMovingAverage)),
        new("AugmentationRotationDegrees", Text(options.Augmentation.RotationDegrees)),
        new("AugmentationScale", $"{Text(options.Augmentation.MinimumScale)} … {Text(options.Augmentation.MaximumScale)}"),
        new("AugmentationShift", Text(options.Augmentation.Shift)),
        new("AugmentationErase", Text(options.Augmentation.EraseProbability)),
        new("EngineShare", Text(training.History.Count > 0 ? training.History.Average(m => m.EngineShare) : 0)),
        new("Temperature", Text(temperature)),
        new("Seed", Text(options.Seed)),
        new("Outcome", training.Outcome.ToString()),
    ];

    private static IReadOnlyList<ReportValue> Environment()
    {
        var machine = ModelMachine.Current;
        return
        [
            new("operating system", machine.OperatingSystem),
            new("processor", machine.Architecture),
            new("cores", Text(machine.Cores)),
            new("vectors", machine.VectorIsa),
            new(".NET", System.Environment.Version.ToString()),
        ];
    }

    private static float[] Softmax(float[] logits, int classes, double temperature)
    {
        var probabilities = new float[logits.Length];
        for (int row = 0; row < logits.Length; row += classes)
        {
            double greatest = logits.AsSpan(row, classes).ToArray().Max(), sum = 0;
            for (int c = 0; c < classes; c++) sum += Math.Exp((logits[row + c] - greatest) / temperature);
            for (int c = 0; c < classes; c++) probabilities[row + c] = (float)(Math.Exp((logits[row + c] - greatest) / temperature) / sum);
        }
        return probabilities;
    }

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
