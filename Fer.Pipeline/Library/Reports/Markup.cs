using System.Globalization;
using System.Text;

namespace Fer.Pipeline.Reports;

/// <summary>
/// Writes elements that are well-formed both as XML and as HTML. All text is escaped here, so a class name or a path can contain anything.
/// </summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element. Attributes that are null are left out; numbers are written with at most two decimals.</summary>
    internal Markup Open(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(name, attributes);
        _text.Append('>');
        _open.Push(name);
        return this;
    }

    internal Markup Close()
    {
        _text.Append("</").Append(_open.Pop()).Append('>');
        return this;
    }

    /// <summary>An element without content.</summary>
    internal Markup Empty(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(name, attributes);
        _text.Append("/>");
        return this;
    }

    /// <summary>An element with text.</summary>
    internal Markup Element(string name, string text, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Open(name, attributes);
        Text(text);
        return Close();
    }

    internal Markup Text(string text)
    {
        Escape(text);
        return this;
    }

    internal Markup Line()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>Appends what another <see cref="Markup"/> wrote, or the project's own style sheet. Never a value from outside.</summary>
    internal Markup Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    public override string ToString() =>
        _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"<{_open.Peek()}> is still open.");

    private void Start(string name, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        _text.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            if (value is null) continue;
            _text.Append(' ').Append(attribute).Append("=\"");
            Escape(value switch
            {
                double number => NumberText.Coordinate(number),
                IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString()!,
            });
            _text.Append('"');
        }
    }

    private void Escape(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                _text.Append(c).Append(text[++i]);
                continue;
            }
            switch (c)
            {
                case '&': _text.Append("&amp;"); break;
                case '<': _text.Append("&lt;"); break;
                case '>': _text.Append("&gt;"); break;
                case '"': _text.Append("&quot;"); break;
                case '\'': _text.Append("&#39;"); break;
                case '\t' or '\n': _text.Append(c); break;
                // XML cannot represent control characters and unpaired surrogates.
                case < ' ' or '\uFFFE' or '\uFFFF' or (>= '\uD800' and <= '\uDFFF') or (>= '\u007F' and <= '\u009F'):
                    _text.Append(
                    '\uFFFD'); break;
                default: _text.Append(c); break;
            }
        }
    }
}
