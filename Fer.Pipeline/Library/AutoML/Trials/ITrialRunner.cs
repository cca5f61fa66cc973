namespace Fer.Pipeline.AutoML;

/// <summary>Trains and scores one setting. A runner handed to an experiment stays the caller's to dispose of.</summary>
public interface ITrialRunner : IDisposable
{
    /// <summary>
    /// Runs a trial. The result is due within <see cref="TrialSettings.TimeLimit"/>. When <paramref name="cancellationToken"/> is cancelled
    /// the runner stops within a batch and either returns what it has so far or throws <see cref="OperationCanceledException"/>.
    /// </summary>
    Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken);

    /// <summary>
    /// Bytes that a trial takes beside what the program has already, checked against the experiment's limit before it starts; 0 where that
    /// is not known.
    /// </summary>
    long EstimateMemory(TrialSettings settings) => 0;

    /// <summary>
    /// Gives a trial that an earlier, stopped run of the experiment completed its model back, where the runner has kept it.
    /// </summary>
    TrialResult Reopen(TrialResult completed) => completed;
}
