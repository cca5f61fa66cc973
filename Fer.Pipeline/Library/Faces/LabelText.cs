using System.Text;

namespace Fer.Pipeline.Faces;

/// <summary>Names of labels as a user types them and as a scheme's definition holds them.</summary>
internal static class LabelText
{
    // What a model's manifest takes.
    private const int LongestName = 100;
    private const char Mark = '\\';

    /// <summary>Cuts a text at a separator that has no backslash before it. The backslashes stay.</summary>
    internal static IEnumerable<string> Split(string text, char separator)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == Mark) i++;
            else if (text[i] == separator)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }

    /// <summary>A name with a backslash before what would end it.</summary>
    internal static string Escape(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (c is ',' or '+' or '=' or Mark) text.Append(Mark);
            text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>What <see cref="Escape"/> was given, without the blanks around it.</summary>
    internal static string Unescape(string text)
    {
        var name = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == Mark && i + 1 < text.Length) i++;
            name.Append(text[i]);
        }
        return name.ToString().Trim();
    }

    /// <summary>Two names with an equals sign between them.</summary>
    /// <param name="text">What the user typed.</param>
    /// <param name="what">What it is, with its article.</param>
    /// <param name="example">How it is written.</param>
    /// <exception cref="FerUsageException">It is no pair.</exception>
    internal static KeyValuePair<string, string> Pair(string text, string what, string example)
    {
        string[] sides = [.. Split(text, '=').Select(Unescape)];
        if (sides.Length != 2 || sides.Any(side => side.Length == 0))
            throw new FerUsageException($"'{text}' is not {what}. Write it as FROM=INTO, for example {example}.");
        return KeyValuePair.Create(sides[0], sides[1]);
    }

    /// <summary>A name without the blanks around it.</summary>
    /// <exception cref="FerUsageException">It can be no class's name.</exception>
    internal static string Check(string name)
    {
        string text = name.Trim();
        return Fault(text) is { } fault ? throw new FerUsageException(fault) : text;
    }

    /// <summary>Why a name can be no class's; null where it can.</summary>
    internal static string? Fault(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) return "A class without a name. Give each a name.";
        if (name.Length > LongestName)
            return $"'{name[..40]}…' is too long for a class's name, which has {LongestName} characters at most.";
        return name.Any(char.IsControl) ? "A class's name holds a control character, such as a tab. Use plain text." : null;
    }
}
