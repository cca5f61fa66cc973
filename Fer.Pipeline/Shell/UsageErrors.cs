using System.CommandLine;
using System.CommandLine.Parsing;
using Fer.Pipeline;

namespace Fer.Shell;

/// <summary>Turns what the parser did not understand into messages that name the nearest known word.</summary>
internal static class UsageErrors
{
    /// <summary>One message an error; none where the arguments are right.</summary>
    internal static IReadOnlyList<string> Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var messages = new List<string>();
        var unknown = new HashSet<string>(parsed.UnmatchedTokens);
        // An argument that takes any word swallows a mistyped option as well.
        foreach (var token in parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash))
            if (token.Type == TokenType.Argument && LooksLikeOption(token.Value)) unknown.Add(token.Value);
        foreach (string word in unknown)
        {
            if (LooksLikeOption(word))
            {
                var known = KnownOptions(command).ToArray();
                string name = word.Split('=')[0];
                messages.Add(Message($"'{name}' is not an option of '{TypedCommand.Path(command)}'.", name, known));
            }
            else if (command.Subcommands.Count > 0)
            {
                string[] known = [.. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
                messages.Add(Message($"'{word}' is not a command.", word, known));
            }
            else if (messages.Count == 0)
            {
                messages.Add($"'{TypedCommand.Path(command)}' does not take '{word}'.");
            }
        }
        if (messages.Count > 0) return messages;
        if (command.Subcommands.Count > 0 && parsed.Errors.Count > 0)
            return [$"A command is missing: {string.Join(", ", command.Subcommands.Select(c => c.Name))}."];
        return [.. parsed.Errors.Select(Readable).Distinct()];
    }

    /// <summary>The sentence, with the nearest of the known words or, where none is near, all of them.</summary>
    internal static string Message(string sentence, string given, IReadOnlyCollection<string> known)
    {
        string? nearest = NearestName.Find(given, known);
        return nearest is null ? $"{sentence} Known: {string.Join(", ", known)}." : $"{sentence} Did you mean '{nearest}'?";
    }

    private static string Readable(ParseError error) => error.SymbolResult switch
    {
        OptionResult { IdentifierToken: { } token, Tokens.Count: 0 } => $"'{token.Value}' needs a value.",
        _ => error.Message,
    };

    private static bool LooksLikeOption(string word) =>
        word.Length > 1 && word[0] == '-'
        && (char.IsAsciiLetter(word[1]) || (word.Length > 2 && word[1] == '-' && char.IsAsciiLetter(word[2])));

    private static IEnumerable<string> KnownOptions(Command command)
    {
        foreach (var option in command.Options)
            if (!option.Hidden) yield return option.Name;
        foreach (var parent in command.Parents.OfType<Command>())
            foreach (var option in parent.Options)
                if (option.Recursive && !option.Hidden) yield return option.Name;
    }

}
