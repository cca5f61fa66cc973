namespace Fer.Pipeline.Reports;

/// <summary>One trial of an experiment.</summary>
public sealed record TrialReport
{
    /// <summary>The trial's number.</summary>
    public required int Number { get; init; }

    /// <summary>How it ended.</summary>
    public required ReportTrialState State { get; init; }

    /// <summary>The settings it ran with.</summary>
    public IReadOnlyList<ReportValue> Settings { get; init; } = [];

    /// <summary>Its epochs, in order; empty if none finished.</summary>
    public IReadOnlyList<EpochFigures> Epochs { get; init; } = [];

    /// <summary>Wall-clock time in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Training speed in images per second; null if not measured.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Its score, the validation accuracy 0 … 1; null where it has none.</summary>
    public double? Score { get; init; }

    /// <summary>True for a final training run, false for one that only compares settings.</summary>
    public bool IsFinal { get; init; }

    /// <summary>True for a simple model that the sweep is compared with; it has none of the sweep's settings.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Share of a full trial's epochs that it was given, above 0 and at most 1.</summary>
    public double Fidelity { get; init; } = 1;

    /// <summary>Epochs of its own share of the data, in parts where the last was cut off; null where that is not known.</summary>
    public double? EpochsTrained { get; init; }

    /// <summary>Why it failed or was stopped, if that is known.</summary>
    public string? Remark { get; init; }
}
