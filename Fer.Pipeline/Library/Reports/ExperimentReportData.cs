namespace Fer.Pipeline.Reports;

/// <summary>
/// The content of the report of <c>experiment</c>, <c>train</c> or <c>evaluate</c>, as plain data. Parts without data are left out.
/// </summary>
internal sealed record ExperimentReportData
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>The command that reproduces this result.</summary>
    public string? Command { get; init; }

    /// <summary>What a reader must know before reading the numbers, such as that the faces are drawn and not real.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where the data came from and how it was split.</summary>
    public string? DataDescription { get; init; }

    /// <summary>True for FER2013's own faces and labels, of which it is known how people read them.</summary>
    public bool IsFer2013 { get; init; }

    /// <summary>The model zip beside the report; null where there is none.</summary>
    public string? ModelFile { get; init; }

    /// <summary>The hash of the training data.</summary>
    public string? DataHash { get; init; }

    /// <summary>Class names in the order of the class indices.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Class counts of training, validation and, if there is one, test.</summary>
    public IReadOnlyList<SplitCounts> Splits { get; init; } = [];

    /// <summary>The settings of the final model.</summary>
    public IReadOnlyList<ReportValue> Settings { get; init; } = [];

    /// <summary>The final model's epochs.</summary>
    public IReadOnlyList<EpochFigures> Epochs { get; init; } = [];

    /// <summary>The epoch whose weights were kept.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>The final model on the splits it was evaluated on, the most important first.</summary>
    public IReadOnlyList<EvaluationReport> Evaluations { get; init; } = [];

    /// <summary>All trials in the order they ran.</summary>
    public IReadOnlyList<TrialReport> Trials { get; init; } = [];

    /// <summary>Machine class, versions, seed.</summary>
    public IReadOnlyList<ReportValue> Environment { get; init; } = [];
}
