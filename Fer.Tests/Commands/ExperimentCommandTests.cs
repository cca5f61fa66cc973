using System.Diagnostics;
using System.Text.Json;
using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Tests.Commands;

/// <summary>Experiments that are paused, killed and gone on with, on a few drawn faces.</summary>
public sealed class ExperimentCommandTests : IDisposable
{
    private const string Small = "--data faces.csv --width 0.25 --threads 2 --output . --max-latency 5";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Output, string Error)> Run(string arguments, CancellationToken? cancel = null)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = _folder.Path, Start = TimeProvider.System.GetTimestamp() };
        int code = await CommandLineProgram.RunAsync(arguments.Split(' '), host, Program.Commands, cancel
            ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private async Task Done(string arguments)
    {
        var (code, output, error) = await Run(arguments);
        Assert.True(code == ExitCode.Done, $"{arguments}: {code}\n{output}\n{error}");
    }

    private string[] Files(string run) =>
        [.. Directory.EnumerateFileSystemEntries(_folder.File(run)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task A_paused_experiment_is_listed_and_goes_on_to_its_model()
    {
        await Done("data --write-sample faces.csv --count 140");
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var (code, _, error) = await Run($"experiment {Small} --minutes 0.25 --name one", cancel.Token);
        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Contains("fer experiment --resume one", error);
        Assert.DoesNotContain("model.zip", Files("one"));
        var (_, listed, _) = await Run("experiment --list --output .");
        Assert.Contains("paused", listed.Split('\n').Single(l => l.StartsWith("one", StringComparison.Ordinal)));

        await Done("experiment --resume one");
        Assert.Equal(["experiment.json", "model.zip", "report.html", "trials.jsonl"], Files("one"));
        await Done("evaluate --model one/model.zip --data faces.csv --json");
        (_, listed, _) = await Run("experiment --list --output .");
        Assert.Contains("completed", listed);
        (code, _, error) = await Run("experiment --resume one");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("no stopped run", error);
        (code, _, error) = await Run("experiment --resume one --minutes 3");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("--minutes", error);
    }

    [Fact]
    public async Task Killed_at_any_moment_it_goes_on_to_a_valid_model()
    {
        await Done("data --write-sample faces.csv --count 140");
        var random = new RandomStream(11);
        for (int life = 0; life < 4; life++)
        {
            string arguments = File.Exists(_folder.File("killed/run.json")) ? "experiment --resume killed"
                : $"experiment {Small} --minutes 0.3 --name killed";
            using var process = Process.Start(
                new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "fer.dll"), .. arguments.Split(' ')])
                {
                    WorkingDirectory = _folder.Path,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                })!;
            var texts = Task.WhenAll(process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
                process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken),
                Task.Delay(TimeSpan.FromSeconds(random.NextDouble(1.5, 5)), TestContext.Current.CancellationToken));
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            await texts;
        }
        if (File.Exists(_folder.File("killed/run.json"))) await Done("experiment --resume killed");
        else if (!File.Exists(_folder.File("killed/model.zip"))) await Done($"experiment {Small} --minutes 0.2 --name killed");
        Assert.Equal(["experiment.json", "model.zip", "report.html", "trials.jsonl"], Files("killed"));
        Assert.All(File.ReadAllLines(_folder.File("killed/trials.jsonl")), line => JsonDocument.Parse(line));
        await Done("evaluate --model killed/model.zip --data faces.csv --json");
    }

    [Fact]
    public async Task Json_lines_tell_everything_and_nothing_else()
    {
        await Done("data --write-sample faces.csv --count 140");
        var (code, output, error) = await Run($"experiment {Small} --minutes 0.15 --name lines --json-lines");
        Assert.True(code == ExitCode.Done, error);
        var events = output.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        string[] names = [.. events.Select(e => e.GetProperty("event").GetString()!)];
        Assert.All((string[])["started", "trialStarted", "trialCompleted", "best"], n => Assert.Contains(n, names));
        Assert.Equal("finished", names[^1]);
        Assert.True(File.Exists(_folder.File(events[^1].GetProperty("model").GetString()!)));
    }
}
