using System.Text.RegularExpressions;
using Fer.Shell;
using Fer.Tests.Detection;
using Fer.Tests.Models;

namespace Fer.Tests.Commands;

public sealed partial class ServeCommandTests : IDisposable
{
    private readonly TestModels _models = new();
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new(), _error = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _models.Dispose();
        _folder.Dispose();
    }

    private Task<int> Run(CancellationToken stop, params string[] arguments)
    {
        // A top level of its own, with no models and no detector in it.
        _folder.Write("FerMl.sln", "");
        var host = new CommandHost(TextWriter.Synchronized(_output), TextWriter.Synchronized(_error)) { CurrentFolder = _folder.Path };
        return CommandLineProgram.RunAsync(["serve", .. arguments], host, Program.Commands, stop);
    }

    [Fact]
    public async Task Serving_says_where_and_ends_well_when_it_is_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var serving = Run(stop.Token, "--model", _models.Save(), "--listen", "127.0.0.1:0", "--threads", "1");
        while (!_output.ToString().Contains('\n')) await Task.WhenAny(serving, Task.Delay(10, Cancel));
        string url = Url().Match(_output.ToString()).Value;
        using var client = new HttpClient();
        Assert.Equal("ok\n", await client.GetStringAsync(url + "/healthz", Cancel));
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Done, await serving);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(url + "/healthz", Cancel));
    }

    [Fact]
    public async Task The_newest_model_is_served_where_none_is_named()
    {
        foreach (string run in (string[])["older", "newer"])
        {
            string path = _folder.Write(Path.Combine("artifacts", run, "model.zip"), File.ReadAllBytes(_models.Save()));
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(run == "newer" ? 20_000 : 10_000));
        }
        using var stop = new CancellationTokenSource();
        var serving = Run(stop.Token, "--listen", "127.0.0.1:0", "--threads", "1");
        while (!_output.ToString().Contains('\n')) await Task.WhenAny(serving, Task.Delay(10, Cancel));
        await stop.CancelAsync();
        await serving;
        Assert.Contains(Path.Combine("newer", "model.zip"), _output.ToString());
    }

    [Fact]
    public async Task Without_a_model_the_message_says_how_to_make_one()
    {
        Assert.Equal(ExitCode.WrongUsage, await Run(Cancel));
        Assert.Contains("fer experiment", _error.ToString());
    }

    [Theory]
    [InlineData("--listen 0.0.0.0:0", ExitCode.WrongUsage, "--api-key-file")]
    [InlineData("--listen nowhere", ExitCode.WrongUsage, "localhost:5080")]
    [InlineData("--max-megabytes 0", ExitCode.WrongUsage, "above 0")]
    [InlineData("--max-batch none", ExitCode.WrongUsage, "whole number")]
    [InlineData("--api-key-file none.txt", ExitCode.Failed, "none.txt")]
    [InlineData("--certificate none.pfx", ExitCode.Failed, "none.pfx")]
    public async Task What_cannot_be_served_is_said_in_a_sentence(string arguments, int code, string words)
    {
        Assert.Equal(code, await Run(Cancel, ["--model", _models.Save(), .. arguments.Split(' ')]));
        Assert.Contains(words, _error.ToString());
        Assert.DoesNotContain(" at Fer.", _error.ToString());
    }

    [Fact]
    public async Task The_load_measurement_counts_every_answer()
    {
        var host = new CommandHost(_output, _error) { CurrentFolder = _folder.Path };
        string[] arguments = ["bench", "--serve", "--model", _models.Save(), "--seconds", "0.3", "--connections", "4", "--threads", "1",
            "--json"];
        Assert.Equal(ExitCode.Done, await CommandLineProgram.RunAsync(arguments, host, Program.Commands, Cancel));
        var figure = System.Text.Json.JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(["200"], figure.GetProperty("statuses").EnumerateObject().Select(s => s.Name));
        Assert.True(figure.GetProperty("faces_per_second").GetDouble() > 0);
        Assert.True(figure.GetProperty("p99_ms").GetDouble() >= figure.GetProperty("p50_ms").GetDouble());
    }

    [Fact]
    public async Task The_frame_measurement_finds_the_faces_and_says_where_the_time_went()
    {
        Assert.SkipWhen(SamplePhotographs.Missing is not null, SamplePhotographs.Missing ?? "");
        var host = new CommandHost(_output, _error) { CurrentFolder = _folder.Path };
        string[] arguments = ["bench", "--frames", SamplePhotographs.File1To6(1), "--model",
            _models.Save(), "--seconds", "0.2", "--warm-up", "0", "--json"];
        Assert.Equal(ExitCode.Done, await CommandLineProgram.RunAsync(arguments, host, Program.Commands, Cancel));
        var figure = System.Text.Json.JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(SamplePhotographs.Faces[1].Length, figure.GetProperty("faces").GetInt32());
        Assert.True(figure.GetProperty("frames_per_second").GetDouble() > 0);
        Assert.InRange(figure.GetProperty("p95_ms").GetDouble(), figure.GetProperty("p50_ms").GetDouble(), double.MaxValue);
        foreach (string stage in (string[])["decode_ms", "detect_ms", "classify_ms"])
            Assert.True(figure.GetProperty(stage).GetDouble() > 0, stage);
    }

    [Theory]
    [InlineData("--frames none.jpg", "none.jpg")]
    [InlineData("--frames broken.jpg", "broken.jpg")]
    public async Task Frames_that_cannot_be_measured_are_named(string arguments, string words)
    {
        _folder.Write("broken.jpg", "no picture");
        var host = new CommandHost(_output, _error) { CurrentFolder = _folder.Path };
        Assert.Equal(ExitCode.Failed, await CommandLineProgram.RunAsync(
            ["bench", "--model", _models.Save(), .. arguments.Split(' ')], host, Program.Commands, Cancel));
        Assert.Contains(words, _error.ToString());
    }

    [GeneratedRegex(@"http://[\d.:]+")]
    private static partial Regex Url();
}
