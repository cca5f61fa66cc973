using System.Globalization;

namespace Fer.Pipeline;

/// <summary>
/// Makes text that a file or a client wrote safe to show: in a terminal escape sequences act, in a page and a log characters that turn the
/// direction of writing or end a line let one text look like another.
/// </summary>
internal static class VisibleText
{
    /// <summary>What stands for a character that is not shown.</summary>
    private const char Substitute = '\uFFFD';

    /// <summary>One line without characters that act instead of being seen.</summary>
    internal static string Line(string text) => IsClean(text, lines: false) ? text : Cleaned(text, lines: false);

    /// <summary>The same, where line ends and tabs are wanted.</summary>
    internal static string Lines(string text) => IsClean(text, lines: true) ? text : Cleaned(text, lines: true);

    /// <summary>True for one line of characters that are seen.</summary>
    internal static bool IsLine(string text) => IsClean(text, lines: false);

    private static string Cleaned(string text, bool lines) => string.Create(text.Length, (text, lines), static (target, source) =>
    {
        for (int i = 0; i < target.Length; i++)
            target[i] = IsSeen(source.text, i, source.lines) ? source.text[i] : Substitute;
    });

    private static bool IsClean(string text, bool lines)
    {
        for (int i = 0; i < text.Length; i++)
            if (!IsSeen(text, i, lines)) return false;
        return true;
    }

    private static bool IsSeen(string text, int at, bool lines)
    {
        char c = text[at];
        if (c is >= ' ' and <= '~') return true;
        if (lines && c is '\n' or '\r' or '\t') return lines;
        if (char.IsHighSurrogate(c)) return at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
        if (char.IsLowSurrogate(c)) return at > 0 && char.IsHighSurrogate(text[at - 1]);
        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
            // Joiners belong to the writing of some languages and to emojis; the others of this category turn the direction or hide.
            UnicodeCategory.Format => c is '\u200C' or '\u200D',
            _ => true,
        };
    }
}
