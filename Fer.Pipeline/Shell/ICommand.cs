using System.CommandLine;

namespace Fer.Shell;

/// <summary>One command of the command line.</summary>
internal interface ICommand
{
    /// <summary>What the user types.</summary>
    string Name { get; }

    /// <summary>What it does, in a sentence or two.</summary>
    string Description { get; }

    /// <summary>Example arguments after <c>fer</c>, each with what it does.</summary>
    IReadOnlyList<(string Arguments, string What)> Examples { get; }

    /// <summary>Its options.</summary>
    IEnumerable<Option> Options { get; }

    /// <summary>Its arguments.</summary>
    IEnumerable<Argument> Arguments => [];

    /// <summary>The commands below it; a command that has some is not run itself.</summary>
    IReadOnlyList<ICommand> Subcommands => [];

    /// <summary>True where nothing is lost when the program ends in the middle of it: it does then, whatever it is at.</summary>
    bool EndsAtOnce => false;

    /// <summary>Runs it and gives the exit code.</summary>
    Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken);
}
