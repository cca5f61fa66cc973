namespace Fer.Pipeline.AutoML;

/// <summary>The user went on with the next trial.</summary>
internal sealed class TrialSkippedException() : OperationCanceledException("Skipped.");
