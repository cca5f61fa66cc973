using System.Text.Json;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Writes <c>trials.jsonl</c>: one JSON object a line as soon as a trial ends, flushed, so that a crash loses at most the running trial. A
/// line that a full disk does not take waits for the next.
/// </summary>
internal sealed class TrialLog : IMonitor, IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly MemoryStream _waiting = new();

    /// <summary>Starts the log.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">True to go on after the lines of a stopped run; false replaces them.</param>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public TrialLog(string path, bool append = false)
    {
        _path = path;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _stream = new FileStream(
                path, append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            // A line that a kill cut off is no line.
            long end = _stream.Length;
            while (end > 0)
            {
                _stream.Position = end - 1;
                if (_stream.ReadByte() == '\n') break;
                end--;
            }
            _stream.SetLength(end);
            _stream.Position = end;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(path, e);
        }
    }

    /// <inheritdoc/>
    public void ReportRunningTrial(TrialSettings setting) { }

    /// <inheritdoc/>
    public void ReportBestTrial(TrialResult result) { }

    /// <inheritdoc/>
    public void ReportCompletedTrial(TrialResult result) => Write(result.TrialSettings, json =>
    {
        json.WriteString("state", "completed");
        json.WriteNumber("metric", result.Metric);
        if (double.IsFinite(result.LogLoss)) json.WriteNumber("loss", result.LogLoss);
        json.WriteNumber("epochs", Math.Round(result.Epochs, 3));
        json.WriteNumber("seconds", Math.Round(result.Duration.TotalSeconds, 3));
    });

    /// <inheritdoc/>
    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Write(settings, json =>
    {
        json.WriteString("state", exception switch
        {
            TrialSkippedException => "skipped",
            OperationCanceledException => "cancelled",
            _ => "failed",
        });
        json.WriteString("error", exception?.Message);
    });

    /// <summary>Writes what is still waiting.</summary>
    /// <exception cref="UnwritableException">There is no room for it yet.</exception>
    public void Flush()
    {
        if (_waiting.Length == 0) return;
        long end = _stream.Length;
        try
        {
            _stream.Position = end;
            _stream.Write(_waiting.GetBuffer(), 0, (int)_waiting.Length);
            _stream.Flush(flushToDisk: true);
            _waiting.SetLength(0);
        }
        catch (IOException e)
        {
            // A part of a line is no line.
            try { _stream.SetLength(end); } catch (IOException) { }
            throw new UnwritableException(_path, e);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private void Write(TrialSettings settings, Action<Utf8JsonWriter> body)
    {
        using (var json = new Utf8JsonWriter(_waiting))
        {
            json.WriteStartObject();
            json.WriteNumber("trial", settings.TrialId + 1);
            json.WriteString("phase", settings.Phase.ToString().ToLowerInvariant());
            body(json);
            json.WriteNumber("seed", settings.Seed);
            json.WriteStartObject("parameter");
            foreach (string name in settings.Parameter.Names)
                WriteValue(json, JsonNamingPolicy.CamelCase.ConvertName(name), settings.Parameter[name]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        _waiting.WriteByte((byte)'\n');
        try
        {
            Flush();
        }
        catch (UnwritableException)
        {
            // It waits for the next line; the run's end writes what is left.
        }
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case int i: json.WriteNumber(name, i); break;
            case long l: json.WriteNumber(name, l); break;
            case float f: json.WriteNumber(name, f); break;
            case double d: json.WriteNumber(name, d); break;
            case bool b: json.WriteBoolean(name, b); break;
            default: json.WriteString(name, value.ToString()); break;
        }
    }
}
