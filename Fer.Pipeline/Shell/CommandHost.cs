using Fer.Pipeline;
using Spectre.Console;

namespace Fer.Shell;

/// <summary>What a command runs in: where it writes, the clock, and the signals to stop. Tests give their own.</summary>
/// <param name="Output">Answers: tables, or JSON and nothing else.</param>
/// <param name="Error">Notes, progress and errors.</param>
internal sealed record CommandHost(TextWriter Output, TextWriter Error)
{
    /// <summary>Answers: tables, or JSON and nothing else.</summary>
    internal TextWriter Output { get; } = new VisibleTextWriter(Output);

    /// <summary>Notes, progress and errors.</summary>
    internal TextWriter Error { get; } = new VisibleTextWriter(Error);

    /// <summary>The clock of budgets and progress.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>When the program began, on <see cref="Time"/>: a budget counts from here.</summary>
    internal long Start { get; init; } = TimeProvider.System.GetTimestamp();

    /// <summary>What the user types before a command's name.</summary>
    internal string Invocation { get; init; } = ProgramText.Fer.Name;

    /// <summary>The folder that relative paths start from.</summary>
    internal string CurrentFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Standard input, for files that are piped in.</summary>
    internal Stream Input { get; init; } = Stream.Null;

    /// <summary>The terminal to draw live progress on, or null where output goes to a file, a pipe or a build log.</summary>
    internal IAnsiConsole? Terminal { get; init; }

    /// <summary>The signals that stop a command, or null for none.</summary>
    internal StopKeys? Signals { get; init; }

    /// <summary>Gives the key that was pressed, or null for none; itself null where the input is no terminal.</summary>
    internal Func<char?>? ReadKey { get; init; }

    /// <summary>Where data and artifacts are by default.</summary>
    internal ProjectFolders Folders => new(CurrentFolder);

    /// <summary>The host of the real console.</summary>
    internal static CommandHost FromConsole()
    {
        // Live progress goes to the error stream, so that output can be piped while a person watches.
        bool terminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb"
            && Environment.GetEnvironmentVariable("CI") is null or "";
        // Notes and progress that nobody can read must not end hours of work.
        Console.SetError(new LogWriter(Console.Error));
        return new CommandHost(new AnswerWriter(Console.Out), Console.Error)
        {
            Invocation = Shell.Invocation.Of(
                Environment.GetEnvironmentVariable(Shell.Invocation.Variable), AppContext.BaseDirectory, Environment.CurrentDirectory),
            Input = Console.OpenStandardInput(),
            // Without a terminal to draw on, the program may run in the background, where reading keys would stop it.
            ReadKey = terminal && !Console.IsInputRedirected
                ? () => Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : null
                : null,
            Terminal = terminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : null,
        };
    }

    /// <summary>A path the user gave, from the current folder.</summary>
    internal string Resolve(string path) => Path.GetFullPath(path, CurrentFolder);

    /// <summary>A path in its shortest form: relative where it lies below the current folder.</summary>
    internal string Shorten(string path)
    {
        string relative = Path.GetRelativePath(CurrentFolder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
