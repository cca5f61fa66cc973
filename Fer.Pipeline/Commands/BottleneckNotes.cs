using System.Globalization;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Commands;

/// <summary>Tells how far the features of a frozen backbone are: a line every few seconds and one at the end of each set.</summary>
internal sealed class BottleneckNotes(ITrialView view)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private TimeSpan _last;

    internal void Report(BottleneckMetrics metrics)
    {
        string set = metrics.DatasetUsed == BottleneckDataset.Train ? "training" : "validation";
        if (metrics.FromCache)
        {
            view.Note($"Features of the {set} faces are there already.");
            return;
        }
        bool done = metrics.Index == metrics.Count;
        // The clock starts anew with each set.
        if (metrics.Elapsed < _last) _last = TimeSpan.Zero;
        if (!done && metrics.Elapsed - _last < Interval) return;
        _last = done ? TimeSpan.Zero : metrics.Elapsed;
        string left = done ? $"in {TrialText.Duration(metrics.Elapsed)}" : $"{TrialText.Duration(metrics.Remaining)} left";
        view.Note(string.Create(CultureInfo.InvariantCulture, $"Features of {metrics.Index} of {metrics.Count} {set} faces, {metrics.ImagesPerSecond:F0} a second, {left}"));
    }
}
