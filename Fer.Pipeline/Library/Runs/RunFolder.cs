using System.Globalization;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>Scores a trained network on the validation split and leaves <c>model.zip</c> and <c>report.html</c> in a run's folder.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="dataset">The faces it was trained on.</param>
/// <param name="title">The report's title.</param>
/// <param name="command">The command that gives this result again.</param>
/// <param name="limits">What the model may cost.</param>
/// <param name="clock">The clock.</param>
internal sealed class RunFolder(string folder, FaceDataset dataset, string title, CommandText command, InferenceLimits limits, TimeProvider clock)
{
    internal const string ModelName = "model.zip", ReportName = "report.html", TrialsName = "trials.jsonl";

    /// <summary>Where the report's charts go as files, or null.</summary>
    internal string? Svg { get; init; }

    /// <summary>The teacher whose predictions were in the targets, or null.</summary>
    internal Teacher? Teacher { get; init; }

    /// <summary>True where the views of a face that the model averages over are a question of what does best.</summary>
    internal bool TriesViews => limits.Views is null;

    internal string Model => Path.Combine(folder, ModelName);

    internal string Report => Path.Combine(folder, ReportName);

    internal string Trials => Path.Combine(folder, TrialsName);

    /// <summary>
    /// Writes the run's results, or goes through all of it but the choice of views and members and leaves nothing. Where fine-tuning began with a
    /// network that knew all classes, that is the model if it names no fewer faces right as it would be served.
    /// </summary>
    /// <param name="training">The training whose network is the model, or its first member.</param>
    /// <param name="options">What it was trained with.</param>
    /// <param name="trials">What the report shows of all trials.</param>
    /// <param name="rehearsal">True to leave nothing.</param>
    /// <param name="others">Networks that may answer together with it where that helps.</param>
    /// <param name="patience">Time for trying views and members; null is as long as it takes.</param>
    /// <returns>The metrics on the validation split, and the training as it is written: with the network that it began with where that is kept.</returns>
    /// <exception cref="FerException">The folder cannot be written.</exception>
    internal (FaceClassificationMetrics Metrics, TrainingResult Training) Finish(
        TrainingResult training, ImageClassificationTrainer.Options options, IReadOnlyList<TrialReport> trials, bool rehearsal, IReadOnlyList<Network>? others = null, TimeSpan? patience = null)
    {
        var time = patience ?? limits.Patience;
        if (training.StartNetwork is not null) time /= 2;
        var served = Choose([training.Network, .. others ?? []]);
        if (training.StartNetwork is { } start)
        {
            var before = Choose([start]);
            if (before.Metrics.Accuracy >= served.Metrics.Accuracy)
            {
                served = before;
                training = training with { Network = start, StartNetwork = null, BestEpoch = 0, Start = (before.Metrics.Accuracy, before.Metrics.LogLoss) };
            }
        }
        string target = rehearsal ? Path.Combine(folder, ".rehearsal") : folder;
        try
        {
            Write(target, training, options, trials, served);
            return (served.Metrics, training);
        }
        finally
        {
            if (rehearsal && Directory.Exists(target)) Directory.Delete(target, recursive: true);
        }

        ChosenInference Choose(IReadOnlyList<Network> candidates) => new InferenceChoice(
            dataset.Validation, limits with { Views = limits.Views ?? (rehearsal ? FaceViews.Centre : null), Patience = time }, options.Threads, clock).Choose(candidates);
    }

    /// <summary>Writes what a sweep ended with, or rehearses that.</summary>
    /// <param name="end">The best trial, and the networks that may answer together with its.</param>
    /// <param name="trials">What the report shows of all trials.</param>
    /// <returns>The metrics on the validation split.</returns>
    /// <exception cref="FerException">The folder cannot be written.</exception>
    internal FaceClassificationMetrics Finish(FaceExperimentEnd end, IReadOnlyList<TrialReport> trials) =>
        Finish(end.Best.Training, end.Best.Options, trials, end.IsRehearsal, end.Members, end.Patience).Metrics;

    private void Write(string target, TrainingResult training, ImageClassificationTrainer.Options options, IReadOnlyList<TrialReport> trials, ChosenInference served)
    {
        var faces = dataset.Validation;
        var classes = faces.ClassNames;
        var metrics = served.Metrics;
        var settings = Settings(options, training, served);
        ModelZip.Save(Path.Combine(target, ModelName), InferenceGraph.Create(served.Members, served.Views, served.Calibration), new ModelManifest
        {
            ClassNames = classes,
            Scheme = dataset.Scheme.Definition,
            Architecture = training.Network.Architecture,
            TrainingDataSha256 = dataset.Training.Sha256,
            Seed = options.Seed,
            Command = command.Portable,
            Settings = settings.ToDictionary(s => s.Name, s => s.Value),
            Metrics = new Dictionary<string, double>
            {
                ["validationAccuracy"] = metrics.Accuracy,
                ["validationMacroF1"] = metrics.MacroF1,
                ["validationLogLoss"] = metrics.LogLoss,
                ["latencyMilliseconds"] = served.Latency.TotalMilliseconds,
            },
        }, metrics.ToJson());
        var report = ReportData(training, settings, trials, new EvaluationReport("PublicTest (validation)", metrics) { Analysis = ErrorAnalysis.Compute(faces, served.Probabilities) });
        ExperimentReport.Write(Path.Combine(target, ReportName), report);
        if (Svg is not null && target == folder) ExperimentReport.WriteSvg(Svg, report);
    }

    private ExperimentReportData ReportData(
        TrainingResult training, IReadOnlyList<ReportValue> settings, IReadOnlyList<TrialReport> trials, EvaluationReport evaluation) => new()
        {
            Title = title,
            Command = command.Typed,
            Notes = dataset.Notes,
            DataDescription = dataset.IsSample ? "Faces drawn by the program" : Path.GetFileName(dataset.Source),
            DataHash = dataset.Training.Sha256,
            ClassNames = dataset.Scheme.ClassNames,
            Splits = [.. Enum.GetValues<Usage>().Where(u => dataset[u].Count > 0).Select(u => new SplitCounts(u.ToString(), dataset[u].CountByClass()))],
            Settings = settings,
            Epochs = [.. training.History.Select(m => new EpochFigures(
                m.Epoch, m.TrainingAccuracy, m.ValidationAccuracy ?? double.NaN, m.TrainingLoss, m.ValidationLoss ?? double.NaN))],
            BestEpoch = training.BestEpoch > 0 ? training.BestEpoch : null,
            Evaluations = [evaluation],
            Trials = trials,
            Environment = Environment(),
        };

    private IReadOnlyList<ReportValue> Settings(ImageClassificationTrainer.Options options, TrainingResult training, ChosenInference served) =>
    [
        new("Arch", Path.GetFileName(options.Arch)),
        new("FineTune", options.FineTune?.ToString() ?? "by what Arch is"),
        new("Width", Text(options.Width)),
        new("InputSide", Text(options.InputSide)),
        new("Epochs", Text(training.History.Count)),
        new("BestEpoch", training.Start is null ? Text(training.BestEpoch) : "0, the start"),
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
        new("ProgressiveResizing", Text(options.ProgressiveResizing)),
        .. dataset.Training.HasSoftTargets ? [new("SoftTargets", Text(options.SoftTargets))] : Array.Empty<ReportValue>(),
        .. Teacher is null ? Array.Empty<ReportValue>() : [new("Teacher", Path.GetFileName(options.Teacher!)), new("TeacherSha256", Teacher.Sha256), new("TeacherShare", Text(options.TeacherShare))],
        new("Members", Text(served.Members.Count)),
        new("Views", served.Views.ToString()),
        new("Temperature", Text(served.Calibration.Temperature)),
        new("ClassBiases", served.Calibration.HasBiases ? string.Join(' ', served.Calibration.Biases.Select(b => b.ToString("F3", CultureInfo.InvariantCulture))) : "none"),
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

    private static string Text(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "not set";
}
