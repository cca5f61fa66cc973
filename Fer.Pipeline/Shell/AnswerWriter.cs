using System.Text;

namespace Fer.Shell;

/// <summary>
/// Standard output. An answer that cannot be written must not pass for one that was: what goes wrong is an
/// <see cref="AnswerLostException"/>, which ends the command with an error in words.
/// </summary>
internal sealed class AnswerWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e)
        {
            throw new AnswerLostException(e);
        }
    }
}

/// <summary>Standard output cannot be written: the disk under it is full, say.</summary>
internal sealed class AnswerLostException(IOException inner)
    : IOException($"The answer cannot be written to standard output: {inner.Message}. Free space there, or send it elsewhere.", inner);
