using System.Text.Json;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;

namespace Fer.Tests.AutoML;

public sealed class TrialLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fer-log").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TrialSettings Settings(int id) =>
        new() { TrialId = id, Parameter = new SearchSpace<ScriptedOptions>().Default, Seed = 4 };

    [Fact]
    public void Each_trial_is_one_json_line_that_can_be_read_while_the_log_is_open()
    {
        string path = Path.Combine(_folder, "new", "trials.jsonl");
        using var log = new TrialLog(path);
        log.ReportCompletedTrial(new TrialResult { TrialSettings = Settings(0), Metric = 0.5, DurationInMilliseconds = 2000 });
        log.ReportFailTrial(Settings(1), new InvalidOperationException("a \"quoted\"\nmessage"));

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string[] lines = reader.ReadToEnd().TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        var first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal("completed", first.GetProperty("state").GetString());
        Assert.Equal(0.5, first.GetProperty("metric").GetDouble());
        Assert.False(first.TryGetProperty("loss", out _));
        Assert.Equal(0.01, first.GetProperty("parameter").GetProperty("rate").GetDouble());
        Assert.Equal("failed", JsonDocument.Parse(lines[1]).RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public void Folder_that_cannot_be_made_is_named()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        string path = Path.Combine(file, "trials.jsonl");
        Assert.Contains(path, Assert.Throws<UnwritableException>(() => new TrialLog(path)).Message);
    }
}
