using System.Text;

namespace Fer.Pipeline;

/// <summary>
/// What commands and the server's log write, without characters that act on a terminal: names of files, classes and nodes come from
/// wherever a file comes from.
/// </summary>
/// <param name="inner">Where it goes.</param>
internal sealed class VisibleTextWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(VisibleText.Lines(value.ToString()));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (value is not null) inner.Write(VisibleText.Lines(value));
    }

    // A line in one piece, so that several threads' lines do not mix.
    public override void WriteLine(string? value) => inner.WriteLine(VisibleText.Lines(value ?? ""));

    public override Task WriteAsync(char value) => WriteAsync(value.ToString());

    public override Task WriteAsync(string? value) => inner.WriteAsync(VisibleText.Lines(value ?? ""));

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(VisibleText.Lines(value ?? ""));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}
