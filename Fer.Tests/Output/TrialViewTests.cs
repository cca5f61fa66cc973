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

    [Theory]
    [InlineData(0.45123, "0.4512")]
    [InlineData(99.9, "99.9000")]
    [InlineData(390.1177, "390.1")]
    [InlineData(double.NaN, "-")]
    public void Figures_keep_to_their_column(double value, string text) => Assert.Equal(text, TrialText.Figure(value));

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

    private static (LiveTrialView View, StringWriter Written, IAnsiConsole Console) Live(TimeProvider time, int width, int height)
    {
        var written = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(written),
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.TrueColor,
            Interactive = InteractionSupport.Yes,
        });
        (console.Profile.Width, console.Profile.Height) = (width, height);
        return (new LiveTrialView(console, time), written, console);
    }

    private static TrialSettings Tried(int id, string name, object value, TrialPhase phase = TrialPhase.Exploration) =>
        Settings(id, phase) with { Parameter = new SearchSpace<ScriptedOptions>().Default.With(name, value) };

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    [InlineData(40, 8)]
    public void Live_view_leaves_neither_ghosts_nor_wrapped_lines_on_a_terminal(int width, int height)
    {
        var (view, written, _) = Live(_time, width, height);
        var screen = new ScreenEmulator(width, height);
        screen.Write("No data in data: this is a demonstration.\n");
        int read = 0;
        void Look()
        {
            string text = written.ToString();
            screen.Write(text[read..]);
            read = text.Length;
        }

        view.SetEnd(TimeSpan.FromMinutes(15));
        view.Draw();
        Look();
        int rows = screen.Row;
        view.Note($"A note that is much longer than the terminal is wide: {new string('n', 100)}");
        for (int id = 0; id < 20; id++)
        {
            var settings = id == 0 ? Settings(0) : Tried(id, "Rate", 0.01 + id);
            view.ReportRunningTrial(settings);
            view.ReportProgress(new TrialProgress(id, 0.5, 2, 1.5, double.NaN, double.NaN, double.NaN, 700, false));
            view.Draw();
            _time.Advance(20);
            view.ReportProgress(new TrialProgress(id, 1, 2, 1.5, 0.4, 1.4, 0.45, 700, true));
            view.Draw();
            if (id == 7)
                view.ReportFailTrial(settings,
                    new InvalidOperationException($"it broke\nin a\u202E\u001b[2J file 顔/{new string('x', 200)}"));
            else
            {
                var result = new TrialResult
                {
                    TrialSettings = settings,
                    Metric = 0.4 + (id == 3 ? 0.2 : 0),
                    LogLoss = 1.4,
                    DurationInMilliseconds = 20_000,
                    Epochs = 2,
                };
                view.ReportCompletedTrial(result);
                if (id is 0 or 3) view.ReportBestTrial(result);
            }
            view.Draw();
            Look();
            Assert.Single(screen.All, line => line.Contains("accuracy    loss", StringComparison.Ordinal));
            Assert.Single(screen.All, line => line.StartsWith("No data in data", StringComparison.Ordinal));
            // The height stays what it was at first: what is above it moves once, by the note.
            Assert.Equal(rows + 1 + (100 + 53) / width, screen.Row);
            if (height > 8 && id > 3) Assert.Contains(screen.Screen, line => line.StartsWith("  *  4", StringComparison.Ordinal));
        }
        view.End("Done");
        Look();
        Assert.Single(screen.All, line => line.Contains("accuracy    loss", StringComparison.Ordinal));
        static bool IsTrial(string line) => line.Length > 5 && int.TryParse(line[..6].Trim('*', ' '), out _);
        Assert.Equal(20, screen.All.Count(IsTrial));
        Assert.Single(screen.All, line => line.StartsWith("Trial 8 failed: it broke in a\uFFFD\uFFFD[2J", StringComparison.Ordinal));
        Assert.StartsWith("Done after 6:40: 19 trials comp", screen.All[screen.Row - 1]);
        Assert.All(screen.All, line => Assert.True(line.Length <= width));
    }

    [Fact]
    public void Live_view_follows_a_terminal_that_becomes_narrower()
    {
        var (view, written, console) = Live(_time, 120, 30);
        Play(view);
        view.Draw();
        // The terminal wraps what is there: each line of more than 60 cells takes two rows then.
        string[] before = written.ToString().Split('\n')[^19..^1];
        console.Profile.Width = 60;
        int length = written.ToString().Length;
        view.Draw();
        int up = int.Parse(System.Text.RegularExpressions.Regex.Match(written.ToString()[length..], @"\[(\d+)A").Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture);
        int Cells(string line) => System.Text.RegularExpressions.Regex.Replace(line, @"\e\[\d*[mAK]|\r", "").Length;
        Assert.Equal(before.Sum(line => Math.Max(1, (Cells(line) + 59) / 60)), up);
    }

    [Fact]
    public void Live_view_shows_the_settings_that_differ_the_reason_of_a_failure_and_the_first_steps_figures()
    {
        var (view, written, _) = Live(_time, 200, 40);
        view.ReportRunningTrial(Settings(0));
        view.ReportProgress(new TrialProgress(0, 0.1, 2, 1.9, double.NaN, double.NaN, double.NaN, 650, false));
        view.Draw();
        Assert.Contains("loss 1.9000  650 images/s", written.ToString());
        view.ReportFailTrial(Settings(0), new InvalidOperationException("it [broke]"));
        view.ReportRunningTrial(Tried(1, "Rate", 0.5));
        view.Draw();
        string text = written.ToString();
        Assert.Contains("the default", text);
        Assert.Contains("  Rate=0.5\e[K\n", text);
        Assert.Contains("Trial 1 failed: it [broke]", text);
    }

    [Fact]
    public void Settings_of_another_optimizer_are_not_shown()
    {
        var space = new SearchSpace<FaceSearchOptions>();
        string sgd = TrialText.Effective(space.Default), adam = TrialText.Effective(
            space.Default.With(nameof(FaceSearchOptions.Optimizer), Fer.Pipeline.Training.OptimizerKind.AdamW));
        Assert.Contains("Optimizer=Sgd LearningRate=0.1 WeightDecay", sgd);
        Assert.DoesNotContain("Adam", sgd);
        Assert.Contains("Optimizer=AdamW AdamLearningRate=", adam);
        Assert.DoesNotContain(" LearningRate=", adam);
    }

    [Fact]
    public void Live_view_never_takes_progress_back()
    {
        var (view, written, _) = Live(_time, 200, 40);
        view.SetEnd(TimeSpan.FromMinutes(10));
        view.ReportRunningTrial(Settings(0));
        view.ReportProgress(new TrialProgress(0, 1, 2, 1.9, double.NaN, double.NaN, double.NaN, 650, false));
        _time.Advance(300);
        view.Draw();
        view.SetEnd(TimeSpan.FromMinutes(30));
        view.ReportProgress(new TrialProgress(0, 1.1, 20, 1.9, double.NaN, double.NaN, double.NaN, 650, false));
        int length = written.ToString().Length;
        view.Draw();
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(written.ToString()[length..], "  50 %"));
    }

    [Fact]
    public void Live_view_shows_no_epoch_of_a_trial_that_was_left_behind()
    {
        var (view, written, _) = Live(_time, 200, 40);
        view.ReportRunningTrial(Settings(0));
        view.ReportFailTrial(Settings(0), new TimeoutException("late"));
        view.ReportProgress(new TrialProgress(0, 3, 4, 1.5, 0.4, 1.4, 0.111, 700, true));
        view.Draw();
        view.ReportRunningTrial(Settings(1));
        view.ReportProgress(new TrialProgress(0, 4, 4, 1.5, 0.4, 1.4, 0.111, 700, true));
        view.ReportProgress(new TrialProgress(1, 1, 2, 1.5, 0.4, 1.4, 0.222, 700, true));
        view.Draw();
        Assert.Contains("0.2220 ▅", written.ToString());
        Assert.DoesNotContain("0.1110", written.ToString());
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
