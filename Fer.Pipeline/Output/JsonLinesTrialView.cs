using System.CommandLine;
using System.Text.Json;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Output;

/// <summary>
/// One JSON object a line for whatever happens: for programs that watch. Where the output cannot be written the run goes on, and an event
/// <c>lost</c> says later how many are missing.
/// </summary>
internal sealed class JsonLinesTrialView(TextWriter writer, TimeProvider time) : ITrialView
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private int _lost;

    /// <summary>The option that asks for this view.</summary>
    internal static Option<bool> Flag() =>
        Values.Flag("--json-lines", "Tells what happens as one JSON object a line, and nothing else, on the output");

    /// <summary>Makes sure, once the run has ended, that its reader has heard of all of it.</summary>
    /// <param name="model">Where the model is.</param>
    /// <exception cref="FerException">Events are missing.</exception>
    internal void Check(string model)
    {
        if (Lost > 0) throw new FerException($"{Lost} events could not be written to the output. The model is there: {model}");
    }

    /// <summary>Events that are missing at the end.</summary>
    internal int Lost
    {
        get { lock (_lock) return _lost; }
    }

    public Task<T> ShowAsync<T>(Func<Task<T>> work) => work();

    public void Note(string line) => Event("note", json => json.WriteString("text", line));

    public void SetEnd(TimeSpan left) => Event("started", json => json.WriteNumber("budgetSeconds", Math.Round(left.TotalSeconds, 3)));

    public void ReportRunningTrial(TrialSettings setting) => Event("trialStarted", json =>
    {
        Trial(json, setting);
        if (setting.TimeLimit != Timeout.InfiniteTimeSpan) json.WriteNumber("limitSeconds", Math.Round(setting.TimeLimit.TotalSeconds, 3));
    });

    public void ReportRestoredTrial(RestoredTrial trial) => Event("trialRestored", json =>
    {
        Trial(json, trial.Settings);
        if (trial.Result is { } result) Figures(json, result);
        if (trial.Error is { } error) json.WriteString("error", error);
    });

    public void ReportProgress(TrialProgress progress)
    {
        if (!progress.IsEpochEnd) return;
        Event("epoch", json =>
        {
            json.WriteNumber("trial", progress.TrialId + 1);
            foreach (var (name, value) in (ReadOnlySpan<(string, double)>)[
                ("epoch", progress.Epoch), ("epochs", progress.Epochs), ("loss", progress.Loss), ("accuracy", progress.Accuracy),
                ("validationLoss", progress.ValidationLoss), ("validationAccuracy", progress.ValidationAccuracy),
                ("imagesPerSecond", progress.ImagesPerSecond)])
                if (double.IsFinite(value)) json.WriteNumber(name, value);
        });
    }

    public void ReportCompletedTrial(TrialResult result) => Event("trialCompleted", json =>
    {
        Trial(json, result.TrialSettings);
        Figures(json, result);
    });

    public void ReportBestTrial(TrialResult result) => Event("best", json =>
    {
        json.WriteNumber("trial", result.TrialSettings.TrialId + 1);
        json.WriteNumber("metric", result.Metric);
    });

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Event("trialFailed", json =>
    {
        Trial(json, settings);
        json.WriteString("error", TrialReportCollector.Reason(exception));
    });

    /// <summary>Writes an event of the command's own.</summary>
    internal void Event(string name, Action<Utf8JsonWriter> body)
    {
        lock (_lock)
        {
            if (_lost > 0 && TryWrite(Line("lost", json => json.WriteNumber("events", _lost)))) _lost = 0;
            if (!TryWrite(Line(name, body))) _lost++;
        }
    }

    private string Line(string name, Action<Utf8JsonWriter> body)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            json.WriteNumber("seconds", Math.Round(time.GetElapsedTime(_start).TotalSeconds, 3));
            body(json);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    private bool TryWrite(string line)
    {
        try
        {
            writer.WriteLine(line);
            writer.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Trial(Utf8JsonWriter json, TrialSettings settings)
    {
        json.WriteNumber("trial", settings.TrialId + 1);
        json.WriteString("phase", settings.Phase.ToString().ToLowerInvariant());
        json.WriteNumber("fidelity", settings.Fidelity);
        json.WriteStartObject("settings");
        foreach (string name in settings.Parameter.Names) json.WriteString(name, Parameter.Text(settings.Parameter[name]));
        json.WriteEndObject();
    }

    private static void Figures(Utf8JsonWriter json, TrialResult result)
    {
        if (double.IsFinite(result.Metric)) json.WriteNumber("metric", result.Metric);
        if (double.IsFinite(result.LogLoss)) json.WriteNumber("loss", result.LogLoss);
        json.WriteNumber("epochs", result.Epochs);
        json.WriteNumber("trialSeconds", Math.Round(result.Duration.TotalSeconds, 3));
    }
}
