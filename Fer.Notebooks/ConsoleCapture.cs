using System.Text;

namespace Fer.Notebooks;

/// <summary>
/// Redirects console output to the cell that is running, if any. The cell is identified by the async flow, not by the thread, so that the
/// output of several notebooks and of anything else does not mix.
/// </summary>
internal sealed class ConsoleCapture : TextWriter
{
    private static readonly AsyncLocal<Action<string>?> Cell = new();
    private static readonly Lazy<ConsoleCapture> Installed = new(() =>
    {
        var capture = new ConsoleCapture(Console.Out);
        Console.SetOut(capture);
        return capture;
    });

    private readonly TextWriter _console;

    private ConsoleCapture(TextWriter console)
    {
        _console = console;
        NewLine = "\n";
    }

    public override Encoding Encoding => _console.Encoding;

    /// <summary>Sends what the current async flow prints from now on to <paramref name="print"/>.</summary>
    internal static void Take(Action<string> print)
    {
        _ = Installed.Value;
        Cell.Value = print;
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (value is null) return;
        if (Cell.Value is { } print) print(value);
        else _console.Write(value);
    }

    public override void WriteLine(string? value) => Write(value + "\n");
}
