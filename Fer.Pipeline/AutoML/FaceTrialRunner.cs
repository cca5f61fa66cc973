using Fer.Pipeline.Data;
using Fer.Pipeline.Tensors;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Trains one setting on faces. Short trials all see the same faces the same number of times, so that a fast network does not win by having seen
/// more; their time is a cap. The final training has the whole training set and a schedule that fills its time.
/// </summary>
internal sealed class FaceTrialRunner(
    SearchSpace<FaceSearchOptions> space, FaceSet training, FaceSet validation, FaceSet exploration, int explorationEpochs, int threads, IMonitor monitor)
    : ITrialRunner
{
    public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken) =>
        Task.FromResult<TrialResult>(Run(settings, cancellationToken));

    private FaceTrialResult Run(TrialSettings settings, CancellationToken cancellationToken)
    {
        bool final = settings.Phase == TrialPhase.Final;
        var options = space.AsType(settings.Parameter).ToTrainerOptions() with
        {
            Seed = settings.Seed,
            Threads = threads,
            TimeBudget = settings.TimeLimit,
            Epoch = final ? null : explorationEpochs,
        };
        var progress = new TrialProgressReporter(settings.TrialId, monitor);
        var result = new ImageClassificationTrainer(options with { MetricsCallback = progress.Epoch, ProgressCallback = progress.Batch })
            .Fit(final ? training : exploration, validation, cancellationToken);
        if (result.Best is null && result.Outcome == TrainingOutcome.Diverged)
            throw new FerException("The training diverged in its first epoch: the loss is not a number.");
        if (result.Steps == 0) throw new OperationCanceledException("The trial was cancelled before its first step.");
        var (accuracy, loss) = result.Best is { ValidationAccuracy: { } a, ValidationLoss: { } l } ? (a, l) : Score(result, options);
        return new FaceTrialResult
        {
            TrialSettings = settings,
            Metric = accuracy,
            Loss = loss,
            Epochs = progress.EpochsDone,
            Training = result,
            Options = options,
        };
    }

    /// <summary>Scores a network whose training was cut off in its first epoch: little is better than nothing where it is all there is.</summary>
    private (double Accuracy, double Loss) Score(TrainingResult result, ImageClassificationTrainer.Options options)
    {
        using var pool = new WorkerPool(options.Threads);
        using var evaluator = new ModelEvaluator(result.Network, pool);
        var scores = evaluator.Score(validation);
        return (scores.Accuracy(validation), scores.Loss(validation));
    }
}
