using System.Globalization;
using System.Text;

namespace Fer.Tests.Output;

/// <summary>
/// A small terminal: takes what a program writes and shows what a person would see. Lines that leave the top are kept, as in a terminal's
/// scroll-back. Knows line feed, carriage return, cursor up, erase to the right, and colours, and fails on anything else.
/// </summary>
internal sealed class ScreenEmulator(int width, int height)
{
    private readonly List<char[]> _lines = [Blank(width)];
    private int _row, _column, _top;

    /// <summary>Everything that was written, scroll-back included, without blank ends of lines.</summary>
    internal IReadOnlyList<string> All => [.. _lines.Select(line => new string(line).TrimEnd())];

    /// <summary>The row that the cursor is in, scroll-back included.</summary>
    internal int Row => _row;

    /// <summary>What is on the screen.</summary>
    internal IReadOnlyList<string> Screen => [.. All.Skip(_top).Take(height)];

    internal void Write(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n') (_row, _column) = (Down(), 0);
            else if (c == '\r') _column = 0;
            else if (c == '\e') i = Escape(text, i + 1);
            else if (char.IsControl(c)) throw new InvalidOperationException($"Control character {(int)c}.");
            else
            {
                if (_column == width) (_row, _column) = (Down(), 0);
                _lines[_row][_column++] = c;
            }
        }
    }

    private int Escape(string text, int at)
    {
        if (text[at] != '[') throw new InvalidOperationException("An escape sequence that is not known.");
        var digits = new StringBuilder();
        while (char.IsAsciiDigit(text[++at]) || text[at] == ';') digits.Append(text[at]);
        int number = digits.Length == 0 ? 0 : int.Parse(digits.ToString().Split(';')[^1], CultureInfo.InvariantCulture);
        switch (text[at])
        {
            // The cursor does not leave the screen.
            case 'A': _row = Math.Max(_top, _row - Math.Max(1, number)); break;
            case 'K': _lines[_row].AsSpan(Math.Min(_column, width)).Fill(' '); break;
            case 'm': break;
            default: throw new InvalidOperationException($"The escape sequence {text[at]} is not known.");
        }
        return at;
    }

    private int Down()
    {
        if (_row + 1 == _lines.Count) _lines.Add(Blank(width));
        _top = Math.Max(_top, _row + 2 - height);
        return _row + 1;
    }

    private static char[] Blank(int width)
    {
        var line = new char[width];
        line.AsSpan().Fill(' ');
        return line;
    }
}
