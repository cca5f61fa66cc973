namespace Fer.Pipeline.Reports;

/// <summary>
/// An estimate of a text's width. The viewer's font is unknown, so the widths are those of a wide one (DejaVu Sans, in ems): spare room
/// looks better than a clipped label.
/// </summary>
internal static class TextWidth
{
    internal static double Of(string text, double fontSize)
    {
        double ems = 0;
        foreach (var rune in text.EnumerateRunes()) ems += Em(rune.Value);
        return ems * fontSize;
    }

    /// <summary>The text, shortened with an ellipsis if it is too wide.</summary>
    internal static string Fit(string text, double fontSize, double room)
    {
        if (Of(text, fontSize) <= room) return text;
        double used = Em('…') * fontSize;
        int length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Em(rune.Value) * fontSize;
            if (used > room) break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length].TrimEnd() + "…";
    }

    private static double Em(int c) => c switch
    {
        'i' or 'j' or 'l' or 'I' or '\'' or '|' => 0.29,
        ' ' or '\u00A0' or '.' or ',' or ':' or ';' or '!' or 'f' or 't' or '(' or ')' or '[' or ']' or '/' or '-' => 0.37,
        'r' => 0.42,
        'm' or 'M' or 'W' or '%' or '…' or '@' => 0.98,
        'w' => 0.82,
        '<' or '>' or '=' or '+' or '~' or '^' or '&' or '#' => 0.86,
        >= '0' and <= '9' => 0.64,
        >= 'A' and <= 'Z' => 0.72,
        < 0x300 => 0.61,
        _ => 1.05,
    };
}
