namespace Fer.Pipeline;

/// <summary>
/// Stops a run without saying anything about what it was doing: the disk is full, a checkpoint is damaged, the data are others than those
/// it began with. All that was saved stays as it is, and the run continues from there once the cause is gone.
/// </summary>
internal class InterruptionException : FerException
{
    internal InterruptionException(string message) : base(message) { }

    internal InterruptionException(string message, Exception inner) : base(message, inner) { }
}
