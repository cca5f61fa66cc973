using Fer.Output;
using Fer.Pipeline.Data;
using Fer.Shell;
using Fer.Tests.AutoML;
using Spectre.Console;

namespace Fer.Tests.Output;

/// <summary>The line about a step that takes a while, as a terminal and as a log show it.</summary>
public sealed class ProgressLineTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _written = new() { NewLine = "\n" };

    [Fact]
    public void In_a_terminal_it_is_drawn_in_place_and_goes()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_written),
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.TrueColor,
            Interactive = InteractionSupport.Yes,
        });
        (console.Profile.Width, console.Profile.Height) = (80, 24);
        var screen = new ScreenEmulator(80, 24);
        int read = 0;
        IEnumerable<string> Shown()
        {
            string text = _written.ToString();
            screen.Write(text[read..]);
            read = text.Length;
            return screen.All.Where(line => line.Length > 0);
        }

        var host = new CommandHost(TextWriter.Null, TextWriter.Null) { Terminal = console, Time = _time };
        using (var progress = new ProgressLine(host, "Reading", 0, "faces"))
        {
            Assert.Equal(["Reading …"], Shown());
            // Of a CSV only reading tells how many faces it has.
            _time.Advance(2);
            progress.Report(new FaceReadProgress(5_120, null));
            Assert.Equal(["Reading: 5,120 faces, 0:02"], Shown());
            _time.Advance(2);
            progress.Report(new FaceReadProgress(10_240, 40_960));
            Assert.Equal(["Reading ██████░░░░░░░░░░░░░░░░░░ 25 %, 10,240 of 40,960 faces, 0:12 left"], Shown());
            progress.Report(new FaceReadProgress(10_496, 40_960));
            Assert.Equal(["Reading ██████░░░░░░░░░░░░░░░░░░ 25 %, 10,240 of 40,960 faces, 0:12 left"], Shown());
        }
        Assert.Empty(Shown());
    }

    [Fact]
    public void In_a_log_there_is_a_line_now_and_then_and_none_of_what_is_quick()
    {
        using var progress = new ProgressLine(new CommandHost(TextWriter.Null, _written) { Time = _time }, "Scoring", 1000, "faces");
        _time.Advance(5);
        progress.Report(100);
        _time.Advance(10);
        progress.Report(300);
        Assert.Equal("", _written.ToString());
        _time.Advance(10);
        progress.Report(500);
        _time.Advance(5);
        progress.Report(600);
        Assert.Equal("Scoring 50 %, 500 of 1,000 faces, 0:25 left\n", _written.ToString());
    }
}
