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

/// <summary>
/// Scores a trained network on the validation split and leaves <c>model.zip</c> and <c>report.html</c> in a run's folder.
/// </summary>
internal sealed class RunFolder
{
    /// <summary>Time for trying views and members where the user stopped the run and waits for its end.</summary>
    private static readonly TimeSpan MostAfterStop = TimeSpan.FromSeconds(1);

    private readonly FaceDataset _dataset;
    private readonly FaceRunOptions _options;
    private readonly InferenceLimits _limits;

    /// <summary>Opens the folder, which need not be there yet.</summary>
    /// <param name="dataset">The faces of the run.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="maxBytes">Most bytes of the weights of all networks of the model.</param>
    /// <exception cref="FerException">A class has no training faces, or there are no validation faces.</exception>
    internal RunFolder(FaceDataset dataset, FaceRunOptions options, long maxBytes = WidthPlan.MostBytes)
    {
        TeachingCheck.Require(dataset.Source, dataset.Training, dataset.Validation);
        _dataset = dataset;
        _options = options;
        _limits = options.Limits with { MaxBytes = maxBytes };
    }

    /// <summary>True where the views of a face that the model averages over are a question of what does best.</summary>
    internal bool TriesViews => _limits.Views is null;

    internal string Model => Path.Combine(_options.Folder, RunFiles.Model);

    /// <summary>
    /// Where the run keeps features and a teacher's predictions: beside its folder, so that runs share what they have in common.
    /// </summary>
    internal string Bottleneck => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_options.Folder))!, "bottleneck");

    /// <summary>
    /// Goes through scoring and saving once with an untrained network: a start that cannot be read and a folder that cannot be written show
    /// before the training, and the time to keep for it is known.
    /// </summary>
    /// <param name="training">The training whose end is rehearsed.</param>
    /// <returns>The time that it took.</returns>
    /// <exception cref="FerException">A file cannot be read, or the folder cannot be written.</exception>
    internal TimeSpan Rehearse(ImageClassificationTrainer.Options training)
    {
        long start = _options.Clock.GetTimestamp();
        var starting = StartingNetwork.Load(training);
        var classes = _dataset.Scheme.ClassNames;
        var network = starting.Create(classes);
        Finish(new TrainingResult(network, TrainingOutcome.Cancelled, [], 0, 0, TimeSpan.Zero)
        {
            Options = starting.Resolved,
            StartNetwork = starting.IsModelOf(classes) ? network : null,
        }, [], rehearsal: true);
        return _options.Clock.GetElapsedTime(start);
    }

    /// <summary>
    /// Refuses a network from scratch whose time ended within its first epoch: it has not seen every face once, and its score is chance.
    /// </summary>
    private void CheckEpoch(TrainingResult training, CancellationToken cancellation)
    {
        long steps = Math.Max(1, _dataset.Training.Count / training.Options.BatchSize);
        bool began = training.Start is not null || training.StartNetwork is not null || training.Options.FineTune is not null;
        // A training that its time limit cut off counts as cancelled too; only a user who stopped it wants what there is.
        if (began || cancellation.IsCancellationRequested || training.Options.TimeBudget is null || training.Steps >= steps) return;
        string epoch = "";
        if (training.Steps > 0)
        {
            var time = training.Elapsed / training.Steps * steps;
            // What reading, planning and scoring took comes on top, and no machine is steady.
            var whole = _options.Clock.GetElapsedTime(_options.Start ?? _options.Clock.GetTimestamp()) - training.Elapsed;
            double minutes = Math.Ceiling(12 * (1.25 * time + (whole > TimeSpan.Zero ? whole : TimeSpan.Zero)).TotalMinutes) / 10;
            epoch = string.Create(CultureInfo.InvariantCulture,
                $" An epoch takes about {time.TotalSeconds:F0} s here: give {Math.Max(minutes, 0.1):0.#} minutes or more.");
        }
        throw new FerException(string.Create(CultureInfo.InvariantCulture,
            $"The time was too short: it ended after {training.Steps:N0} of the {steps:N0} steps of the first epoch, and there is no " +
            $"model to save.{epoch} Or fine-tune a trained model, which is kept where no epoch does better (train --arch MODEL.zip)."));
    }

    /// <summary>
    /// Writes the run's results, or goes through all of it but the choice of views and members and leaves nothing. Where fine-tuning began
    /// with a network that knew all classes, that is the model if it names no fewer faces right as it would be saved.
    /// </summary>
    /// <param name="training">The training whose network is the model, or its first member.</param>
    /// <param name="trials">What the report shows of all trials.</param>
    /// <param name="rehearsal">True to leave nothing.</param>
    /// <param name="others">Networks that may be averaged with it where that helps.</param>
    /// <param name="patience">Time for trying views and members; null is as long as it takes.</param>
    /// <param name="warn">Hears where the disk is full, for which it waits a while.</param>
    /// <param name="cancellation">Ends such waiting; where it was asked for before, little time goes into views and members.</param>
    /// <returns>
    /// The metrics on the validation split, and the training as it is written: with the network that it began with where that is kept.
    /// </returns>
    /// <exception cref="FerException">The folder cannot be written, or the time was too short for an epoch.</exception>
    internal (FaceClassificationMetrics Metrics, TrainingResult Training) Finish(
        TrainingResult training, IReadOnlyList<TrialReport> trials, bool rehearsal, IReadOnlyList<Network>? others = null,
        TimeSpan? patience = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        if (!rehearsal) CheckEpoch(training, cancellation);
        var time = patience ?? _limits.Patience;
        if (cancellation.IsCancellationRequested) time = BudgetPlan.Min(time, MostAfterStop);
        if (training.StartNetwork is not null) time /= 2;
        var chosen = Choose([training.Network, .. others ?? []]);
        if (training.StartNetwork is { } start)
        {
            var before = Choose([start]);
            if (before.Metrics.Accuracy >= chosen.Metrics.Accuracy)
            {
                chosen = before;
                training = training with
                {
                    Network = start,
                    StartNetwork = null,
                    BestEpoch = 0,
                    Start = (before.Metrics.Accuracy, before.Metrics.LogLoss),
                };
            }
        }
        string target = rehearsal ? Path.Combine(_options.Folder, RunFiles.Rehearsal) : _options.Folder;
        try
        {
            Action write = () => Write(target, training, trials, chosen);
            // The rehearsal is there to find an unwritable folder at once.
            if (rehearsal) write();
            else PatientWrite.Run(write, _options.Clock, warn, cancellation);
            return (chosen.Metrics, training);
        }
        finally
        {
            if (rehearsal && Directory.Exists(target)) Directory.Delete(target, recursive: true);
        }

        ChosenInference Choose(IReadOnlyList<Network> candidates)
        {
            var limits = _limits with { Views = _limits.Views ?? (rehearsal ? FaceViews.Centre : null), Patience = time };
            return new InferenceChoice(_dataset.Validation, limits, training.Options.Threads, _options.Clock).Choose(candidates);
        }
    }

    private void Write(string target, TrainingResult training, IReadOnlyList<TrialReport> trials, ChosenInference chosen)
    {
        var faces = _dataset.Validation;
        var metrics = chosen.Metrics;
        var settings = RunSettings.Of(_dataset, training, chosen);
        var network = InferenceGraph.Create(chosen.Members, chosen.Views, chosen.Calibration);
        ModelZip.Save(Path.Combine(target, RunFiles.Model), network, new ModelManifest
        {
            ClassNames = faces.ClassNames,
            Scheme = _dataset.Scheme.Definition,
            Architecture = training.Network.Architecture,
            TrainingDataSha256 = _dataset.Training.Sha256,
            Seed = training.Options.Seed,
            Command = _options.Command?.Portable,
            Settings = settings.ToDictionary(s => s.Name, s => s.Value),
            Metrics = new Dictionary<string, double>
            {
                ["validationAccuracy"] = metrics.Accuracy,
                ["validationMacroF1"] = metrics.MacroF1,
                ["validationLogLoss"] = metrics.LogLoss,
                ["latencyMilliseconds"] = chosen.Latency.TotalMilliseconds,
            },
        }, metrics.ToJson());
        var analysis = ErrorAnalysis.Compute(faces, chosen.Probabilities);
        var evaluation = new EvaluationReport("PublicTest (validation)", metrics)
        {
            Analysis = analysis with
            {
                Gallery = FaceGallery.Choose(faces, chosen.Probabilities, analysis.LabelErrors, _options.ReportFaces),
            },
        };
        var report = ReportData(training, settings, trials, evaluation);
        ExperimentReport.Write(Path.Combine(target, RunFiles.Report), report);
        if (_options.SvgFolder is { } svg && target == _options.Folder) ExperimentReport.WriteSvg(svg, report);
    }

    private ExperimentReportData ReportData(
        TrainingResult training, IReadOnlyList<ReportValue> settings, IReadOnlyList<TrialReport> trials, EvaluationReport evaluation) =>
        new()
        {
            Title = _options.Title ?? Path.GetFileName(Path.GetFullPath(_options.Folder)),
            Command = _options.Command?.Typed,
            Notes = [.. _dataset.Notes, .. training.Warning is { } warning ? [warning] : Array.Empty<string>()],
            DataDescription = _dataset.IsSample ? "Faces drawn by the program" : Path.GetFileName(_dataset.Source),
            IsFer2013 = DataLocator.FileNames.Contains(Path.GetFileName(_dataset.Source)),
            ModelFile = RunFiles.Model,
            DataHash = _dataset.Training.Sha256,
            ClassNames = _dataset.Scheme.ClassNames,
            Splits =
            [
                .. from usage in Enum.GetValues<Usage>()
                   where _dataset[usage].Count > 0
                   select new SplitCounts(usage.ToString(), _dataset[usage].CountByClass()),
            ],
            Settings = settings,
            Epochs =
            [
                .. training.History.Select(m => new EpochFigures(
                    m.Epoch, m.TrainingAccuracy, m.ValidationAccuracy ?? double.NaN, m.TrainingLoss, m.ValidationLoss ?? double.NaN)),
            ],
            BestEpoch = training.BestEpoch > 0 ? training.BestEpoch : null,
            Evaluations = [evaluation],
            Trials = trials,
            Environment = [.. Times(), .. RunSettings.Machine()],
        };

    private IEnumerable<ReportValue> Times()
    {
        yield return new("written", _options.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        if (_options.Start is not { } start) yield break;
        yield return new("duration", NumberText.Duration(_options.Clock.GetElapsedTime(start).TotalSeconds));
    }
}
