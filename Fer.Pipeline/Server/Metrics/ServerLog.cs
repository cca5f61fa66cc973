using System.Globalization;
using Fer.Pipeline;

namespace Fer.Server;

/// <summary>
/// The log: a line now and then about where the time went, and failures. Names no picture and no client. A line that cannot be written is
/// dropped and counted.
/// </summary>
internal sealed class ServerLog(TextWriter writer, TimeProvider time) : IAsyncDisposable
{
    private readonly LogWriter _writer = new(new VisibleTextWriter(writer));
    private ITimer? _timer;

    /// <summary>Writes a line every so many seconds in which something happened.</summary>
    internal void Begin(ServerMetrics metrics, double seconds)
    {
        if (seconds <= 0) return;
        var period = TimeSpan.FromSeconds(seconds);
        _timer = time.CreateTimer(_ =>
        {
            if (metrics.TakeLogLine() is { } line) Write(line);
        }, null, period, period);
    }

    /// <summary>Lines that could not be written.</summary>
    internal long Dropped => _writer.Dropped;

    internal void Write(string line) =>
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetLocalNow():HH:mm:ss}  {line}"));

    /// <summary>An unexpected failure, whose details the client does not get.</summary>
    internal void Failure(string where, Exception e) =>
        Write($"{where}: unexpected {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync().ConfigureAwait(false);
    }
}
