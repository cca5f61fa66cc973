namespace Fer.Pipeline;

/// <summary>
/// An error whose message is meant for the user: what is wrong, where (file, line, column) and what to do about it. The command line prints
/// only the message and exits with code 1.
/// </summary>
public class FerException : Exception
{
    /// <summary>Creates the error with the full text that the user sees.</summary>
    public FerException(string message) : base(message) { }

    /// <summary>Creates the error with the text that the user sees and the exception that caused it.</summary>
    public FerException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>
/// A value given by the caller is invalid (unknown option or name, value out of range). The command line exits with code 2.
/// </summary>
public sealed class FerUsageException : FerException
{
    /// <summary>Creates the error with the full text that the user sees.</summary>
    public FerUsageException(string message) : base(message) { }
}
