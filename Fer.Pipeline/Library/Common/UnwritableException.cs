namespace Fer.Pipeline;

/// <summary>A file cannot be written: the disk is full, or the folder is read-only or gone.</summary>
internal sealed class UnwritableException : InterruptionException
{
    internal UnwritableException(string path, Exception inner) : base(
        $"{path}: cannot be written ({inner.Message}). Check that the folder exists and is writable, and that the disk has room.", inner)
    {
    }
}
