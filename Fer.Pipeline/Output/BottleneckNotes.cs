using System.Globalization;
using Fer.Pipeline.Training;

namespace Fer.Output;

/// <summary>
/// Progress of a frozen backbone's features or a teacher's predictions: a line every few seconds and one at the end of each set.
/// </summary>
internal sealed class BottleneckNotes(ITrialView view)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private TimeSpan _last;

    internal void Report(BottleneckMetrics metrics)
    {
        var (what, set) = metrics.DatasetUsed switch
        {
            BottleneckDataset.Train => ("Features", "training"),
            BottleneckDataset.Validation => ("Features", "validation"),
            _ => ("The teacher's predictions", "training"),
        };
        if (metrics.FromCache)
        {
            view.Note($"{what} of the {set} faces are there already.");
            return;
        }
        bool done = metrics.Index == metrics.Count;
        // The clock starts anew with each set.
        if (metrics.Elapsed < _last) _last = TimeSpan.Zero;
        if (!done && metrics.Elapsed - _last < Interval) return;
        _last = done ? TimeSpan.Zero : metrics.Elapsed;
        string left = done ? $"in {TrialText.Duration(metrics.Elapsed)}" : $"{TrialText.Duration(metrics.Remaining)} left";
        view.Note(string.Create(CultureInfo.InvariantCulture,
            $"{what} of {metrics.Index} of {metrics.Count} {set} faces, {metrics.ImagesPerSecond:F0} a second, {left}"));
    }
}
