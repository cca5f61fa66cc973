using Fer.Pipeline.AutoML;

namespace Fer.Pipeline.Commands;

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
    internal static ITrialView Create(CommandHost host) =>
        host.Terminal is null ? new PlainTrialView(host.Error, host.Time) : new LiveTrialView(host.Terminal, host.Time);
}
