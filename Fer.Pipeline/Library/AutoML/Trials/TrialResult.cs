using Microsoft.ML;

namespace Fer.Pipeline.AutoML;

/// <summary>What a trial came to. A runner may return a type of its own that holds more.</summary>
public record TrialResult
{
    private readonly double? _loss;

    /// <summary>What was asked for.</summary>
    public required TrialSettings TrialSettings { get; init; }

    /// <summary>The fitted pipeline; null where the runner keeps none.</summary>
    public ITransformer? Model { get; init; }

    /// <summary>What the experiment minimises. Unless set it is -<see cref="Metric"/>: the higher the metric, the better.</summary>
    public double Loss { get => _loss ?? -Metric; init => _loss = value; }

    /// <summary>The figure that is shown, on the validation split. NaN counts as a failed trial.</summary>
    public required double Metric { get; init; }

    /// <summary>Wall-clock time of the trial; where the runner does not set it, the experiment does.</summary>
    public double DurationInMilliseconds { get; init; }

    /// <summary>The cross-entropy on the validation split, which decides between equal losses; NaN where not measured.</summary>
    public double LogLoss { get; init; } = double.NaN;

    /// <summary>Epochs trained, in parts where the last one was not finished; 0 where the runner does not count any.</summary>
    public double Epochs { get; init; }

    /// <summary>Training faces, where the speed decided how many; null where the settings tell.</summary>
    internal int? Faces { get; init; }

    internal TimeSpan Duration => TimeSpan.FromMilliseconds(DurationInMilliseconds);

    /// <summary>True where this result is to be preferred to <paramref name="other"/>.</summary>
    internal bool IsBetterThan(TrialResult? other) => other is null || Loss < other.Loss || (Loss == other.Loss && LogLoss < other.LogLoss);
}
