using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fer.Server;

/// <summary>What the server counts, for <c>/metrics</c> and the log. Counts and times only: nothing of what a picture shows.</summary>
internal sealed class ServerMetrics
{
    private readonly ConcurrentDictionary<(string Route, int Status), long> _requests = new();
    private readonly ConcurrentDictionary<string, long> _frames = new();
    private readonly (string Name, LatencyHistogram Times)[] _stages =
        [.. new[] { "decode", "detect", "queue", "classify", "total" }.Select(name => (name, LatencyHistogram.OfSeconds()))];
    private readonly LatencyHistogram _batches = new(1, 2, 4, 8, 16, 32, 64, 128);
    private readonly StageWindow _window = new();
    private long _pictures, _faces;
    private int _sessions;

    /// <summary>Live cameras now.</summary>
    internal int LiveSessions => Volatile.Read(ref _sessions);

    internal void Request(string route, int status) => _requests.AddOrUpdate((route, status), 1, static (_, n) => n + 1);

    internal void Frame(string outcome, long count = 1) => _frames.AddOrUpdate(outcome, count, (_, n) => n + count);

    internal void Batch(int faces) => _batches.Add(faces);

    internal void Picture(int faces, StageTimes times)
    {
        Interlocked.Increment(ref _pictures);
        Interlocked.Add(ref _faces, faces);
        double[] milliseconds = [times.Decode, times.Detect, times.Queue, times.Classify, times.Total];
        for (int i = 0; i < _stages.Length; i++) _stages[i].Times.Add(milliseconds[i] / 1000);
        _window.Add(faces, times);
    }

    /// <summary>Counts a live camera, unless there are <paramref name="most"/> already.</summary>
    internal bool TryEnterSession(int most)
    {
        if (Interlocked.Increment(ref _sessions) <= most) return true;
        Interlocked.Decrement(ref _sessions);
        return false;
    }

    internal void LeaveSession() => Interlocked.Decrement(ref _sessions);

    /// <summary>What happened since the last call, as a line of the log; null for nothing.</summary>
    internal string? TakeLogLine() => _window.Take(LiveSessions);

    /// <summary>Everything in Prometheus' text format, version 0.0.4.</summary>
    internal string ToPrometheus(RequestLimiter limiter, ByteBudget budget, long droppedLogLines)
    {
        var text = new StringBuilder();
        Head(text, "fer_requests_total", "counter", "HTTP requests by route and status.");
        foreach (var ((route, status), count) in _requests.OrderBy(r => r.Key))
            text.Append(CultureInfo.InvariantCulture, $"fer_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}\n");
        Single(text, "fer_pictures_total", "counter", "Pictures and frames analysed.", Interlocked.Read(ref _pictures));
        Single(text, "fer_faces_total", "counter", "Faces classified.", Interlocked.Read(ref _faces));
        Head(text, "fer_stage_seconds", "histogram", "Where a picture's time goes; the stages sum to total.");
        foreach (var (name, times) in _stages) times.Write(text, "fer_stage_seconds", $"stage=\"{name}\"");
        Head(text, "fer_batch_faces", "histogram", "Faces that went through the network together.");
        _batches.Write(text, "fer_batch_faces");
        Head(text, "fer_live_frames_total", "counter",
            "Frames of live cameras: answered, superseded by a newer one before their turn, or failed.");
        foreach (var (outcome, count) in _frames.OrderBy(f => f.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"fer_live_frames_total{{outcome=\"{outcome}\"}} {count}\n");
        Single(text, "fer_live_sessions", "gauge", "Live cameras now.", LiveSessions);
        Single(text, "fer_requests_in_progress", "gauge", "Requests for predictions in progress.", limiter.InProgress);
        Single(text, "fer_body_bytes", "gauge", "Bytes of pictures held in memory.", budget.Taken);
        Single(text, "fer_log_lines_dropped_total", "counter", "Lines of the log that could not be written.", droppedLogLines);
        using var process = Process.GetCurrentProcess();
        Single(text, "process_resident_memory_bytes", "gauge", "Memory of the process.", process.WorkingSet64);
        Single(text, "process_cpu_seconds_total", "counter", "Processor time of the process.", process.TotalProcessorTime.TotalSeconds);
        return text.ToString();
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Single(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }
}
