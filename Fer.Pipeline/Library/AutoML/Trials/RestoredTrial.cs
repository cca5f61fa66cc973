namespace Fer.Pipeline.AutoML;

/// <summary>A trial that ended before its experiment was stopped, as a monitor hears of it when the experiment goes on.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Result">What it came to, without its model; null where it failed or was skipped.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Epochs">Its epochs, in order.</param>
public sealed record RestoredTrial(TrialSettings Settings, TrialResult? Result, string? Error, IReadOnlyList<TrialProgress> Epochs);
