using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Shell;

namespace Fer.Output;

/// <summary>
/// One line on the error stream about a step that takes a while: how far it is and when it ends. In a terminal it is drawn in place and
/// goes when the step ends; elsewhere there is a line now and then.
/// </summary>
internal sealed class ProgressLine : IProgress<int>, IProgress<FaceReadProgress>, IDisposable
{
    private const int BarWidth = 24;

    private static readonly TimeSpan InPlace = TimeSpan.FromMilliseconds(200), InLog = TimeSpan.FromSeconds(20);

    private readonly CommandHost _host;
    private readonly LiveFrame? _frame;
    private readonly string _what, _of;
    private long _total;
    private readonly long _start;
    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>Begins a step.</summary>
    /// <param name="host">Where the command writes.</param>
    /// <param name="what">The step: "scoring".</param>
    /// <param name="total">How many things it is about; 0 where that is not known.</param>
    /// <param name="of">What they are, in the plural.</param>
    internal ProgressLine(CommandHost host, string what, int total, string of)
    {
        (_host, _what, _total, _of, _start) = (host, what, total, of, host.Time.GetTimestamp());
        if (host.Terminal is { Profile.Capabilities.Ansi: true } terminal)
        {
            _frame = new LiveFrame(terminal);
            _frame.Draw([new($"{what} …")], []);
        }
    }

    /// <summary>Tells how many are done.</summary>
    public void Report(int value) => Report(value, _total);

    /// <summary>Tells how many faces were read.</summary>
    public void Report(FaceReadProgress value) => Report(value.Read, value.Total ?? 0);

    private void Report(long value, long total)
    {
        _total = total;
        var elapsed = _host.Time.GetElapsedTime(_start);
        // What is quick says nothing in a log.
        if (_frame is null && _last == TimeSpan.MinValue) _last = TimeSpan.Zero;
        if (_last != TimeSpan.MinValue && elapsed - _last < (_frame is null ? InLog : InPlace)) return;
        _last = elapsed;
        string text = Text(value, elapsed);
        if (_frame is null) _host.Error.WriteLine(text);
        else _frame.Draw([new(text)], []);
    }

    public void Dispose() => _frame?.Draw([], []);

    private string Text(long done, TimeSpan elapsed)
    {
        if (_total == 0) return string.Create(CultureInfo.InvariantCulture, $"{_what}: {done:#,0} {_of}, {TrialText.Duration(elapsed)}");
        double share = Math.Clamp((double)done / _total, 0, 1);
        string left = done == 0 ? "" : $", {TrialText.Duration(elapsed * ((1 - share) / share))} left";
        int filled = (int)(share * BarWidth);
        string bar = _frame is null ? "" : $" {new string('█', filled)}{new string('░', BarWidth - filled)}";
        return string.Create(CultureInfo.InvariantCulture, $"{_what}{bar} {100 * share:F0} %, {done:#,0} of {_total:#,0} {_of}{left}");
    }
}
