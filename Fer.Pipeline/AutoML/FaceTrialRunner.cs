using Fer.Pipeline.Data;
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
        if (result.Best is not { ValidationAccuracy: { } accuracy } best)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new FerException(result.Outcome == TrainingOutcome.Diverged
                ? "The training diverged in its first epoch: the loss is not a number."
                : "The training ended before it was validated once.");
        }
        return new FaceTrialResult
        {
            TrialSettings = settings,
            Metric = accuracy,
            Loss = best.ValidationLoss ?? double.NaN,
            Epochs = progress.EpochsDone,
            Training = result,
            Options = options,
        };
    }
}
