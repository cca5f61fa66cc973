using System.CommandLine;

namespace Fer.Pipeline.Commands;

/// <summary>The command as it was typed, for reports.</summary>
internal static class CommandText
{
    internal static string Of(ParseResult result) => "fer " + string.Join(' ', result.Tokens.Select(t => Quoted(t.Value)));

    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:+".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
