namespace Fer.Pipeline;

/// <summary>
/// An error whose message is meant for the user: what was wrong, where (file, line, column) and what to do.
/// The command line prints the message alone and ends with exit code 1.
/// </summary>
public class FerException : Exception
{
    /// <summary>Creates the error with the whole text that the user reads.</summary>
    public FerException(string message) : base(message) { }

    /// <summary>Creates the error with the text that the user reads and the failure behind it.</summary>
    public FerException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>A value the caller gave is not usable (wrong option, name or range). The command line ends with exit code 2.</summary>
public sealed class FerUsageException : FerException
{
    /// <summary>Creates the error with the whole text that the user reads.</summary>
    public FerUsageException(string message) : base(message) { }
}
