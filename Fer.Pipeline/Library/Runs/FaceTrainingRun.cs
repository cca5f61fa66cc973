using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>
/// One training from faces to a saved model: rehearses its end, fits it into its time, chooses views and calibration on the validation
/// split, scores, and leaves <c>model.zip</c> and <c>report.html</c>. What <c>fer train</c> does:
/// <code>
/// var dataset = FaceDataset.Load("fer2013.csv.gz", LabelScheme.Seven);
/// var run = new FaceTrainingRun(dataset, new() { Epoch = 20 }, new() { Folder = "artifacts/mine" });
/// FaceRunResult result = await run.RunAsync();
/// Console.WriteLine(result);
/// </code>
/// A run that is cancelled saves the best so far, and continues with <see cref="FaceRunOptions.Resume"/>.
/// </summary>
public sealed class FaceTrainingRun
{
    /// <summary>Least time of a training: even a budget that reading the data has used up gets a model.</summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(1);

    private readonly FaceDataset _dataset;
    private readonly ImageClassificationTrainer.Options _training;
    private readonly FaceRunOptions _options;
    private readonly RunFolder _folder;

    /// <summary>Prepares a run.</summary>
    /// <param name="dataset">The faces.</param>
    /// <param name="training">
    /// How it is trained. Its <see cref="ImageClassificationTrainer.Options.TimeBudget"/> is that of the whole run, up to the written
    /// model.
    /// </param>
    /// <param name="options">Where the results go.</param>
    /// <exception cref="FerException">There are no faces to train on or to choose on.</exception>
    /// <exception cref="FerUsageException">An option is out of its range, or the model to fine-tune is the file that the run would
    /// write.</exception>
    public FaceTrainingRun(FaceDataset dataset, ImageClassificationTrainer.Options training, FaceRunOptions options)
    {
        training.Check();
        if (training.WorkspacePath is not null)
            throw new FerUsageException(
                "A run keeps its checkpoints in its own folder. Leave WorkspacePath unset; FaceRunOptions.Resume continues from them.");
        if (training.ValidationSet is not null)
            throw new FerUsageException("A run chooses on the validation split of its data set. Leave ValidationSet unset.");
        _dataset = dataset;
        _options = options;
        _folder = new RunFolder(dataset, options);
        foreach (string? source in (string?[])[training.Arch, training.Teacher])
        {
            // A stop would put the half-trained model in the place of what the run continues from.
            if (source is not null && Path.GetFullPath(source) == Path.GetFullPath(_folder.Model))
                throw new FerUsageException($"{source} is what this run would write. Give the run another folder.");
        }
        bool hasVotesBesideLabels = dataset.Training.HasSoftTargets && !dataset.HasVotesAsLabels;
        float? share = hasVotesBesideLabels ? ImageClassificationTrainer.Options.SoftTargetsBesideLabels : null;
        _training = training with
        {
            SoftTargets = training.SoftTargets ?? share,
            WorkspacePath = Path.Combine(options.Folder, RunFiles.Checkpoints),
            BottleneckFolder = training.BottleneckFolder ?? _folder.Bottleneck,
            Resume = options.Resume,
            Clock = options.Clock,
        };
    }

    /// <summary>Trains, scores and saves, on a thread of its own.</summary>
    /// <param name="monitor">Hears of the training as of the only trial of a sweep; its calls come from the training's thread.</param>
    /// <param name="progress">Hears of the rest; called on the same thread.</param>
    /// <param name="cancellationToken">Ends the training; the best so far is saved.</param>
    /// <exception cref="FerUsageException">The folder holds a run that <see cref="FaceRunOptions.Overwrite"/> does not let go.</exception>
    /// <exception cref="FerException">A file cannot be read, the folder cannot be written, another run is at work there or a stopped one
    /// began with other data, or nothing was trained that could be saved.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to save.</exception>
    public Task<FaceRunResult> RunAsync(
        IMonitor? monitor = null, IProgress<FaceRunProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Run(monitor ?? new MonitorGroup(), progress, cancellationToken), CancellationToken.None);

    private FaceRunResult Run(IMonitor monitor, IProgress<FaceRunProgress>? progress, CancellationToken cancellation)
    {
        long start = _options.Start ?? _options.Clock.GetTimestamp();
        using var session = RunSession.Open(_options, [.. RunSession.FactsOf(_dataset), .. Facts()], start);
        var finish = _folder.Rehearse(_training);
        session.Begin(keepsTime: true);
        var options = StartingNetwork.Load(_training).Resolved;
        TimeSpan? patience = null;
        if (_training.TimeBudget is { } budget)
        {
            // The first time was compilation for the most part, which does not come again.
            if (finish < Left(budget) / 4) finish = _folder.Rehearse(_training);
            // Finishing scores the faces once, and what else it does is little.
            var views = BudgetPlan.Min(FaceViewSets.CentresOfAll * finish, BudgetPlan.ViewShare * Left(budget));
            patience = _folder.TriesViews ? views : TimeSpan.Zero;
            var time = BudgetPlan.Create(Left(budget), finish + patience.Value, LeastTime, maxTrials: 0).Final;
            progress?.Report(new FaceRunProgress { Remaining = time + finish });
            // The trainer's budget counts from when the training first began.
            string checkpoint = Path.Combine(_training.WorkspacePath!, TrainingCheckpoint.FileName);
            options = options with { TimeBudget = time + (_options.Resume ? TrainingCheckpoint.ElapsedOf(checkpoint) : TimeSpan.Zero) };
        }
        var training = Fit(options, monitor, progress, cancellation);
        var warnings = new List<string>();
        if (training.Warning is { } warning) warnings.Add(warning);
        bool isKept = training.BestEpoch > 0 || (training.Start is not null && training.Steps > 0);
        if (training.Outcome == TrainingOutcome.Diverged)
        {
            string best = training.Start is null ? $"of epoch {training.BestEpoch}" : "that it began with";
            string kept = isKept ? $" The weights {best} are kept." : "";
            warnings.Add($"The training diverged: the loss is not a number. A smaller learning rate helps.{kept}");
            progress?.Report(new FaceRunProgress { Warning = warnings[^1] });
        }
        if (!isKept && (training.Steps == 0 || training.Outcome == TrainingOutcome.Diverged))
        {
            cancellation.ThrowIfCancellationRequested();
            session.End();
            throw new FerException("The training ended before its first epoch did, so there is no model to save.");
        }
        // The budget that was asked for, not what was left of it for the steps.
        training = training with { Options = training.Options with { TimeBudget = _training.TimeBudget } };
        (var metrics, training) = _folder.Finish(
            training, [], rehearsal: false, patience: patience,
            warn: warning => progress?.Report(new FaceRunProgress { Warning = warning }), cancellation: cancellation);
        if (training.Outcome != TrainingOutcome.Cancelled) session.End();
        return new FaceRunResult
        {
            Folder = _options.Folder,
            Metrics = metrics,
            Training = training,
            Elapsed = _options.Clock.GetElapsedTime(start),
            Warnings = warnings,
        };

        TimeSpan Left(TimeSpan budget)
        {
            var left = budget - session.Elapsed;
            return left > LeastTime ? left : LeastTime;
        }
    }

    /// <summary>What shapes the weights; the trainer knows more, which only it can tell.</summary>
    private IEnumerable<RunFact> Facts() => _training.Identity().Select(o => new RunFact($"option {o.Name}", o.Value));

    private TrainingResult Fit(
        ImageClassificationTrainer.Options options, IMonitor monitor, IProgress<FaceRunProgress>? progress, CancellationToken cancellation)
    {
        var settings = new TrialSettings
        {
            TrialId = 0,
            Phase = TrialPhase.Final,
            Seed = options.Seed,
            TimeLimit = options.TimeBudget ?? Timeout.InfiniteTimeSpan,
            Parameter = new Parameter(
            [
                new(nameof(options.Arch), options.Arch),
                new(nameof(options.Width), options.Width),
                new(nameof(options.BatchSize), options.BatchSize),
                new(nameof(options.Optimizer), options.Optimizer),
                new(nameof(options.LearningRate), options.LearningRate!.Value),
            ]),
        };
        monitor.ReportRunningTrial(settings);
        var trial = new TrialProgressReporter(0, monitor);
        var result = new ImageClassificationTrainer(options with { MetricsCallback = Report, ProgressCallback = Batch })
            .Fit(_dataset.Training, _dataset.Validation, cancellation);
        if (result.Best is not null || result.Start is not null)
        {
            monitor.ReportCompletedTrial(new TrialResult
            {
                TrialSettings = settings,
                Metric = result.Start?.Accuracy ?? result.Best?.ValidationAccuracy ?? double.NaN,
                LogLoss = result.Start?.Loss ?? result.Best?.ValidationLoss ?? double.NaN,
                DurationInMilliseconds = result.Elapsed.TotalMilliseconds,
                Epochs = trial.EpochsDone,
            });
        }
        return result;

        void Report(ImageClassificationMetrics metrics)
        {
            _training.MetricsCallback?.Invoke(metrics);
            if (metrics.Bottleneck is not null || metrics.Warning is not null)
                progress?.Report(new FaceRunProgress { Bottleneck = metrics.Bottleneck, Warning = metrics.Warning });
            trial.Epoch(metrics);
        }

        void Batch(TrainingProgress batch)
        {
            _training.ProgressCallback?.Invoke(batch);
            trial.Batch(batch);
        }
    }
}
