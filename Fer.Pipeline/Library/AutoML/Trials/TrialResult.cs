namespace Fer.Pipeline.AutoML;

/// <summary>What a trial came to. A runner may return a type of its own that also holds the model.</summary>
public record TrialResult
{
    /// <summary>What was asked for.</summary>
    public required TrialSettings TrialSettings { get; init; }

    /// <summary>The figure trials are compared by, the higher the better: the accuracy on the validation split. NaN counts as a failed trial.</summary>
    public required double Metric { get; init; }

    /// <summary>The loss on the validation split, which decides between equal metrics.</summary>
    public double Loss { get; init; } = double.NaN;

    /// <summary>Wall-clock time of the trial; set by the experiment.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Epochs trained, in parts where the last one was not finished.</summary>
    public double Epochs { get; init; }

    /// <summary>True where this result is to be preferred to <paramref name="other"/>.</summary>
    public bool IsBetterThan(TrialResult? other) =>
        other is null || Metric > other.Metric || (Metric == other.Metric && Loss < other.Loss);
}
