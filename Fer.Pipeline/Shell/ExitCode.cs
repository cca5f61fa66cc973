namespace Fer.Shell;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int WrongUsage = 2;
    /// <summary>As shells report a process ended by Ctrl+C (128 + SIGINT).</summary>
    internal const int Cancelled = 130;
}
