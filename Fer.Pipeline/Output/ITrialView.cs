using Fer.Pipeline.AutoML;
using Fer.Shell;

namespace Fer.Output;

/// <summary>Shows the trials of an experiment, or the epochs of one training, while they run.</summary>
internal interface ITrialView : IMonitor
{
    /// <summary>Runs <paramref name="work"/> while the view is up.</summary>
    Task<T> ShowAsync<T>(Func<Task<T>> work);

    /// <summary>A line that stays.</summary>
    void Note(string line);

    /// <summary>When the whole is planned to end, from now.</summary>
    void SetEnd(TimeSpan left);
}

/// <summary>Chooses the view that fits where the output goes.</summary>
internal static class TrialView
{
    /// <summary>Lines of a terminal that a table needs to say anything; some terminals report none at all.</summary>
    private const int LeastHeight = 8;

    /// <param name="host">Where the command writes.</param>
    /// <param name="jsonLines">True for JSON lines on the output and nothing else.</param>
    /// <param name="subject">What runs: an experiment or a training.</param>
    internal static ITrialView Create(CommandHost host, bool jsonLines = false, string subject = "experiment")
    {
        if (jsonLines) return new JsonLinesTrialView(host.Output, host.Time);
        if (host.Terminal is not { Profile: { Height: >= LeastHeight, Capabilities.Ansi: true } } terminal)
            return new PlainTrialView(host.Error, host.Time);
        var view = new LiveTrialView(terminal, host.Time, subject);
        // Written straight to the terminal, a message would end up within the frame.
        if (host.Signals is { } signals) signals.Say = view.Note;
        return view;
    }
}
