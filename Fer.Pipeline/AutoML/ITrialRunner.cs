namespace Fer.Pipeline.AutoML;

/// <summary>Trains and scores one setting.</summary>
public interface ITrialRunner
{
    /// <summary>
    /// Runs a trial. The result is due within <see cref="TrialSettings.TimeLimit"/>. When <paramref name="cancellationToken"/> is cancelled
    /// the runner stops within a batch and either returns what it has so far or throws <see cref="OperationCanceledException"/>.
    /// </summary>
    Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken);
}
