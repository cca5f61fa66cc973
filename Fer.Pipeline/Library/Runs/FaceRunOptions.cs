using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Runs;

/// <summary>Where a run leaves its results, and what its model may cost.</summary>
public sealed record FaceRunOptions
{
    /// <summary>
    /// The run's folder: it takes <c>model.zip</c>, <c>report.html</c> and, of a sweep, <c>trials.jsonl</c>, and while the run lasts what
    /// it continues from after a stop. Features that several runs may share lie beside it, in <c>bottleneck</c>.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>
    /// True to continue the stopped run in <see cref="Folder"/>, where there is one; it needs the options and the data that it began with.
    /// False starts anew.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>True to replace the run, finished or stopped, that <see cref="Folder"/> may hold; without it such a folder is
    /// refused.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Views of a face that the model averages over; null takes those that do best on the validation split.</summary>
    public FaceViews? Views { get; init; }

    /// <summary>
    /// Most time of one face, in a model of several views or networks, measured on this machine: a slower or a busy one may choose
    /// otherwise. Null limits the work instead (10 billion multiply-accumulates), so that the choice is the same everywhere.
    /// </summary>
    public TimeSpan? MaxLatency { get; init; }

    /// <summary>The report's title; null is the name of the folder.</summary>
    public string? Title { get; init; }

    /// <summary>A folder for the report's charts as SVG files; null writes none.</summary>
    public string? SvgFolder { get; init; }

    /// <summary>
    /// Validation faces that the report shows of each kind: of each class, the surest right and wrong answers, and those behind each cell
    /// of the confusion matrix. 0 keeps pictures out of it, for data that may not be passed on.
    /// </summary>
    public int ReportFaces { get; init; } = 12;

    /// <summary>The command that makes the same run.</summary>
    internal CommandText? Command { get; init; }

    /// <summary>What a command leaves in the folder to continue a stopped run by.</summary>
    internal RunRecord? Record { get; init; }

    /// <summary>The lock on the folder where the caller has it already; null takes it for as long as the run lasts.</summary>
    internal RunLock? Lock { get; init; }

    /// <summary>When the run's time began, on <see cref="Clock"/>; null is when it is started.</summary>
    internal long? Start { get; init; }

    /// <summary>The clock.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    internal InferenceLimits Limits => new() { Views = Views, MaxLatency = MaxLatency };
}
