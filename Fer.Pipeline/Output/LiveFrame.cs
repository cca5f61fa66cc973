using System.Text;
using Fer.Pipeline;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fer.Output;

/// <summary>How a line looks.</summary>
internal enum LineLook
{
    Plain,
    Faint,
    Strong,
    Good,
    Bad,
}

/// <summary>A line of a frame; what does not fit the terminal is cut off.</summary>
internal readonly record struct FrameLine(string Text, LineLook Look = LineLook.Plain);

/// <summary>
/// Lines at the end of a terminal that are drawn again in place. Whatever is to stay is written above them. No line of the frame ever
/// wraps, so that it is known how many rows it takes. Nothing else writes what acts on the terminal; a line's own text never does.
/// </summary>
internal sealed class LiveFrame(IAnsiConsole console)
{
    private readonly TextWriter _writer = console.Profile.Out.Writer;
    private readonly bool _hasColours = console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;
    private List<int> _drawn = [];

    /// <summary>Columns that a line may have: the last one stays free, where terminals differ in when they wrap.</summary>
    internal int Width => Math.Max(1, console.Profile.Width - 1);

    /// <summary>Lines that a frame may have.</summary>
    internal int Height => Math.Max(1, console.Profile.Height - 1);

    /// <summary>Draws the lines in the place of those before, below what stays.</summary>
    /// <param name="lines">The frame.</param>
    /// <param name="above">Lines that stay above it; they may be longer than the terminal is wide.</param>
    internal void Draw(IReadOnlyList<FrameLine> lines, IReadOnlyList<string> above)
    {
        var text = new StringBuilder();
        // A terminal that became narrower has wrapped what was drawn.
        int before = _drawn.Sum(Rows), now = 0;
        if (before > 0) text.Append($"\e[{before}A");
        text.Append('\r');
        _drawn = [];
        foreach (string line in above.Select(Clean)) Add(line, line);
        foreach (var line in lines)
        {
            string fitted = Fit(Clean(line.Text), Width);
            _drawn.Add(Cells(fitted));
            Add(fitted, Styled(fitted, line.Look));
        }
        // Line by line: some terminals keep in their scroll-back what is erased from the top of the screen to its end.
        int left = Math.Max(0, before - now);
        for (int i = 0; i < left; i++) text.Append("\e[K\n");
        if (left > 0) text.Append($"\e[{left}A");
        _writer.Write(text.ToString());
        _writer.Flush();

        void Add(string plain, string styled)
        {
            int cells = Cells(plain);
            now += Rows(cells);
            // Behind a full row the cursor still stands on its last cell, which would be erased.
            text.Append(styled).Append(cells > 0 && cells % console.Profile.Width == 0 ? "\n" : "\e[K\n");
        }
    }

    /// <summary>Rows of the terminal that a line of so many cells takes.</summary>
    private int Rows(int cells) => Math.Max(1, (cells + console.Profile.Width - 1) / console.Profile.Width);

    /// <summary>The text in at most so many cells, with an ellipsis where it is cut.</summary>
    internal static string Fit(string text, int width)
    {
        if (Cells(text) <= width) return text;
        int length = text.Length;
        while (length > 0 && Cells(text[..length]) > width - 1) length--;
        if (length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
        return width < 1 ? "" : text[..length] + "…";
    }

    /// <summary>Cells that a text takes: wide characters take two.</summary>
    internal static int Cells(string text) => text.Length == 0 ? 0 : new Segment(text).CellCount();

    /// <summary>A message may hold whatever a file's name holds, but nothing that acts on the terminal, and it stays one line.</summary>
    private static string Clean(string text) => VisibleText.Line(text.ReplaceLineEndings(" ").Replace('\t', ' '));

    private string Styled(string text, LineLook look)
    {
        int code = look switch
        {
            LineLook.Faint => 2,
            LineLook.Strong => 1,
            LineLook.Good => 32,
            LineLook.Bad => 31,
            _ => 0,
        };
        return code == 0 || !_hasColours || text.Length == 0 ? text : $"\e[{code}m{text}\e[0m";
    }
}
