using System.CommandLine;
using Fer.Pipeline.Runs;

namespace Fer.Shell;

/// <summary>Writes a command as it was typed.</summary>
internal static class TypedCommand
{
    internal static CommandText Of(ParseResult result, CommandHost host) => new(
        Join(host.Invocation, result.Tokens.Select(t => t.Value)),
        Join(ProgramText.Fer.Name, result.Tokens.Select(t => FileName(t.Value))));

    private static string Join(string program, IEnumerable<string> words) => $"{program} {string.Join(' ', words.Select(Quoted))}";

    /// <summary>The last part of a path; a word without separators stays whole.</summary>
    private static string FileName(string word)
    {
        string trimmed = word.TrimEnd('/', '\\');
        return trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..] is { Length: > 0 } name ? name : word;
    }

    /// <summary>The words that call a command: the program's name and the command's.</summary>
    internal static string Path(Command command) =>
        command is RootCommand root ? root.HelpName ?? root.Name : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";

    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:+".Contains(c))
        ? word
        : $"'{word.Replace("'", "'\\''")}'";
}
