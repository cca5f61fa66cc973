using Fer.Output;
using Fer.Pipeline.AutoML;
using Fer.Tests.AutoML;
using Spectre.Console;

namespace Fer.Tests.Output;

public class TrialViewTests
{
    [Fact]
    public void Json_lines_hold_each_epoch_without_what_is_not_known()
    {
        var writer = new StringWriter { NewLine = "\n" };
        var view = new JsonLinesTrialView(writer, TimeProvider.System);
        view.ReportProgress(new TrialProgress(2, 1.5, 4, 0.5, 0.25, double.NaN, 0.75, 100, IsEpochEnd: false));
        view.ReportProgress(new TrialProgress(2, 2, 4, 0.5, 0.25, double.NaN, 0.75, 100, IsEpochEnd: true));
        var json = System.Text.Json.JsonDocument.Parse(writer.ToString()).RootElement;
        Assert.Equal(
            ("epoch", 3, 0.75), (json.GetProperty("event").GetString(), json.GetProperty("trial").GetInt32(),
                json.GetProperty("validationAccuracy").GetDouble()));
        Assert.False(json.TryGetProperty("validationLoss", out _));
    }

    [Theory]
    [InlineData("0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8", "▁▂▃▄▅▆▇█")]
    [InlineData("0.5", "▅")]
    [InlineData("NaN", "")]
    [InlineData("0 NaN 1", "▁█")]
    public void A_curve_becomes_a_line_of_bars(string values, string expected) =>
        Assert.Equal(expected,
            TrialText.Sparkline([.. values.Split(' ').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture))]));

    [Fact]
    public void A_long_curve_is_thinned_out_to_its_last_value() =>
        Assert.Equal('█', Assert.Single(TrialText.Sparkline([.. Enumerable.Range(0, 100).Select(i => (double)i)], 10).Chunk(10))[^1]);

    private readonly ManualTime _time = new();

    private static TrialSettings Settings(int id, TrialPhase phase = TrialPhase.Exploration) => new()
    {
        TrialId = id,
        Parameter = new SearchSpace<ScriptedOptions>().Default,
        Seed = 1,
        Phase = phase,
        TimeLimit = TimeSpan.FromSeconds(90),
    };

    private void Play(ITrialView view)
    {
        view.SetEnd(TimeSpan.FromMinutes(15));
        view.Note("Plan: [something]");
        view.ReportRunningTrial(Settings(0));
        view.ReportProgress(new TrialProgress(0, 0.5, 2, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, false));
        _time.Advance(60);
        view.ReportProgress(new TrialProgress(0, 1, 2, 1.5, 0.4, 1.4, 0.45, 700, true));
        var result = new TrialResult
        {
            TrialSettings = Settings(0),
            Metric = 0.4512,
            LogLoss = 1.4,
            DurationInMilliseconds = 61_000,
            Epochs = 1
        };
        view.ReportCompletedTrial(result);
        view.ReportBestTrial(result);
        view.ReportRunningTrial(Settings(1, TrialPhase.Final));
        view.ReportFailTrial(Settings(1, TrialPhase.Final), new InvalidOperationException("it [broke]"));
    }

    [Fact]
    public void Plain_view_writes_a_line_an_epoch_and_no_control_codes()
    {
        var writer = new StringWriter { NewLine = "\n" };
        Play(new PlainTrialView(writer, _time));
        string text = writer.ToString();
        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
        Assert.Single(text.Split('\n'), l => l.Contains("epoch 1/2", StringComparison.Ordinal));
        Assert.Contains("0.4512", text);
        Assert.Contains("700 images/s", text);
        Assert.Contains("14:00 left", text);
        Assert.Contains("Final training failed: it [broke]", text);
    }

    [Fact]
    public void Live_view_shows_trials_the_best_and_the_time_left()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = 200;
        var view = new LiveTrialView(console, _time);
        Play(view);
        console.Write(view.Render());
        string text = writer.ToString();
        Assert.Contains("Trial 1 *", text);
        Assert.Contains("0.4512", text);
        Assert.Contains("it [broke]", text);
        Assert.Contains("Plan: [something]", text);
        Assert.Contains("ends in 14:00", text);
    }

    [Fact]
    public void Live_view_shows_no_epoch_of_a_trial_that_was_left_behind()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = 200;
        var view = new LiveTrialView(console, _time);
        view.ReportRunningTrial(Settings(0));
        view.ReportFailTrial(Settings(0), new TimeoutException("late"));
        view.ReportProgress(new TrialProgress(0, 3, 4, 1.5, 0.4, 1.4, 0.111, 700, true));
        console.Write(view.Render());
        view.ReportRunningTrial(Settings(1));
        view.ReportProgress(new TrialProgress(0, 4, 4, 1.5, 0.4, 1.4, 0.111, 700, true));
        view.ReportProgress(new TrialProgress(1, 1, 2, 1.5, 0.4, 1.4, 0.222, 700, true));
        console.Write(view.Render());
        Assert.Contains("0.2220 ▅ ", writer.ToString());
        Assert.DoesNotContain("0.1110", writer.ToString());
    }

    [Fact]
    public async Task Live_view_gives_what_the_work_gives()
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(new StringWriter()),
                Ansi = AnsiSupport.No,
                Interactive = InteractionSupport.No
            });
        console.Profile.Height = 40;
        Assert.Equal(7, await new LiveTrialView(console, _time).ShowAsync(() => Task.FromResult(7)));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => new LiveTrialView(console, _time).ShowAsync<int>(() => throw new InvalidOperationException()));
    }
}
