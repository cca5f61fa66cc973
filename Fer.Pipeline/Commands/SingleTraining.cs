using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>The training of one setup as a command goes through it: rehearsed, fitted into its time, shown, and written.</summary>
/// <param name="folder">Where the results go.</param>
/// <param name="dataset">The faces.</param>
/// <param name="options">The setup.</param>
/// <param name="host">Output and clock.</param>
internal sealed class SingleTraining(RunFolder folder, FaceDataset dataset, ImageClassificationTrainer.Options options, CommandHost host)
{
    /// <summary>What to say where <see cref="RunAsync"/> gives nothing.</summary>
    internal const string NoModel = "The training ended before its first epoch did, so there is no model to save.";

    private TimeSpan _finish;
    private TimeSpan? _patience;

    /// <summary>
    /// Goes through scoring and saving once with an untrained network: what it starts from that cannot be read, and a folder that cannot be written,
    /// show before the training, and the time is known.
    /// </summary>
    /// <exception cref="FerException">A file cannot be read, or the folder cannot be written.</exception>
    internal void Rehearse()
    {
        long start = host.Time.GetTimestamp();
        var starting = StartingNetwork.Load(options);
        var classes = dataset.Scheme.ClassNames;
        var network = starting.Create(classes);
        var nothing = new TrainingResult(network, TrainingOutcome.Cancelled, [], 0, 0, TimeSpan.Zero) { StartNetwork = starting.IsModelOf(classes) ? network : null };
        folder.Finish(nothing, options, [], rehearsal: true);
        _finish = host.Time.GetElapsedTime(start);
    }

    /// <summary>Trains, under a progress display.</summary>
    /// <param name="minutes">Time from <paramref name="start"/> to the written model, or null for none.</param>
    /// <param name="start">When the time began.</param>
    /// <param name="cancellation">Ends the training with the best so far.</param>
    /// <returns>What was trained, or null where it ended before there was anything to save.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to save.</exception>
    internal async Task<TrainingResult?> RunAsync(double? minutes, long start, CancellationToken cancellation)
    {
        var timed = options;
        var view = TrialView.Create(host);
        if (minutes is { } some)
        {
            var left = Left(some, start);
            if (_finish < left / 4)
            {
                // The first time was compilation for the most part, which does not come again.
                Rehearse();
                left = Left(some, start);
            }
            // Finishing scores the faces once, and what else it does is little.
            _patience = folder.TriesViews ? BudgetPlan.Min(FaceViewSets.CentresOfAll * _finish, BudgetPlan.ViewShare * left) : TimeSpan.Zero;
            timed = options with { TimeBudget = BudgetPlan.Create(left, _finish + _patience.Value, TimeSpan.FromSeconds(1), maxTrials: 0).Final };
            view.SetEnd(timed.TimeBudget!.Value + _finish);
        }
        var training = await view.ShowAsync(() => Task.Run(() => Fit(timed, view, cancellation), CancellationToken.None)).ConfigureAwait(false);
        bool isKept = training.BestEpoch > 0 || (training.Start is not null && training.Steps > 0);
        if (training.Outcome == TrainingOutcome.Diverged)
        {
            string kept = !isKept ? "" : training.Start is null ? $" The weights of epoch {training.BestEpoch} are kept." : " The weights that it began with are kept.";
            host.Error.WriteLine($"The training diverged: the loss is not a number. A smaller learning rate helps.{kept}");
        }
        if (isKept || (training.Steps > 0 && training.Outcome != TrainingOutcome.Diverged)) return training;
        cancellation.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>Scores and writes what <see cref="RunAsync"/> gave, as <see cref="RunFolder"/> does.</summary>
    /// <exception cref="FerException">The folder cannot be written.</exception>
    internal (FaceClassificationMetrics Metrics, TrainingResult Training) Finish(TrainingResult training) => folder.Finish(training, options, [], rehearsal: false, patience: _patience);

    private TimeSpan Left(double minutes, long start)
    {
        var left = TimeSpan.FromMinutes(minutes) - host.Time.GetElapsedTime(start);
        // Even a budget that reading the data has used up gets a model: of a second.
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }

    private TrainingResult Fit(ImageClassificationTrainer.Options timed, ITrialView view, CancellationToken cancellation)
    {
        var settings = new TrialSettings
        {
            TrialId = 0,
            Phase = TrialPhase.Final,
            Seed = timed.Seed,
            TimeLimit = timed.TimeBudget ?? Timeout.InfiniteTimeSpan,
            Parameter = new Parameter([
                new(nameof(timed.Arch), timed.Arch), new(nameof(timed.Width), timed.Width), new(nameof(timed.BatchSize), timed.BatchSize),
                new(nameof(timed.Optimizer), timed.Optimizer), new(nameof(timed.LearningRate), timed.LearningRate),
            ]),
        };
        view.ReportRunningTrial(settings);
        var progress = new TrialProgressReporter(0, view);
        var notes = new BottleneckNotes(view);
        var result = new ImageClassificationTrainer(timed with { MetricsCallback = Report, ProgressCallback = progress.Batch })
            .Fit(dataset.Training, dataset.Validation, cancellation);
        if (result.Best is not null || result.Start is not null)
        {
            view.ReportCompletedTrial(new TrialResult
            {
                TrialSettings = settings,
                Metric = result.Start?.Accuracy ?? result.Best?.ValidationAccuracy ?? double.NaN,
                LogLoss = result.Start?.Loss ?? result.Best?.ValidationLoss ?? double.NaN,
                DurationInMilliseconds = result.Elapsed.TotalMilliseconds,
                Epochs = progress.EpochsDone,
            });
        }
        return result;

        void Report(ImageClassificationMetrics metrics)
        {
            if (metrics.Bottleneck is { } bottleneck) notes.Report(bottleneck);
            progress.Epoch(metrics);
        }
    }
}
