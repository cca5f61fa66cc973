using System.Globalization;
using System.Text;

namespace Fer.Pipeline;

/// <summary>
/// A log that ends nothing: where its disk is full, its pipe closed or its terminal gone, text is dropped and its lines counted, and the
/// first line that gets through again is preceded by how many are missing. For any thread.
/// </summary>
/// <param name="inner">Where the log goes.</param>
internal sealed class LogWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    private readonly Lock _gate = new();

    /// <summary>Lines lost since the last that got through.</summary>
    private long _missing;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Lines lost in all.</summary>
    internal long Dropped { get; private set; }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value) => Write($"{value}{NewLine}");

    public override void Write(string? value)
    {
        if (value is null or "") return;
        lock (_gate)
        {
            string before = _missing == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $"({_missing} line{(_missing == 1 ? "" : "s")} before this could not be written.){inner.NewLine}");
            if (Try(() => inner.Write(before + value)))
            {
                _missing = 0;
                return;
            }
            int lines = value.AsSpan().Count('\n');
            _missing += lines;
            Dropped += lines;
        }
    }

    public override void Flush()
    {
        lock (_gate) Try(inner.Flush);
    }

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
    }
}
