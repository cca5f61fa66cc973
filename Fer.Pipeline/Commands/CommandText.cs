using System.CommandLine;

namespace Fer.Pipeline.Commands;

/// <summary>The command as it was typed, for reports.</summary>
internal static class CommandText
{
    internal static string Of(ParseResult result) => "fer " + string.Join(' ', result.Tokens.Select(t => Quoted(t.Value)));

    /// <summary>The words that call a command: the program's name and the command's.</summary>
    internal static string Path(Command command) =>
        command is RootCommand root ? root.HelpName ?? root.Name : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";

    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:+".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
