using System.Text.Json;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Writes <c>trials.jsonl</c>: one JSON object a line as soon as a trial ends, flushed, so that a crash loses at most the running trial.
/// </summary>
internal sealed class TrialLog : IMonitor, IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

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
            _stream = new FileStream(path, append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
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
            throw Unwritable(e);
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
        json.WriteString("state", exception is OperationCanceledException ? "cancelled" : "failed");
        json.WriteString("error", exception?.Message);
    });

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private void Write(TrialSettings settings, Action<Utf8JsonWriter> body)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteNumber("trial", settings.TrialId);
            json.WriteString("phase", settings.Phase.ToString().ToLowerInvariant());
            body(json);
            json.WriteNumber("seed", settings.Seed);
            json.WriteStartObject("parameter");
            foreach (string name in settings.Parameter.Names)
                WriteValue(json, JsonNamingPolicy.CamelCase.ConvertName(name), settings.Parameter[name]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        memory.WriteByte((byte)'\n');
        try
        {
            _stream.Write(memory.GetBuffer(), 0, (int)memory.Length);
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            throw Unwritable(e);
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

    private FerException Unwritable(Exception e) =>
        new($"{_path}: cannot be written ({e.Message}). Check that the folder is writable and that the disk has room.", e);
}
