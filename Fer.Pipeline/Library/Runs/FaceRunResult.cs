using System.Globalization;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>What a run came to and where it lies.</summary>
public sealed record FaceRunResult
{
    /// <summary>The run's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The model zip.</summary>
    public string ModelPath => Path.Combine(Folder, RunFiles.Model);

    /// <summary>The report, one HTML file.</summary>
    public string ReportPath => Path.Combine(Folder, RunFiles.Report);

    /// <summary>The log of a sweep's trials, one JSON object a line; null for a single training.</summary>
    public string? TrialsPath => BestTrial is null ? null : Path.Combine(Folder, RunFiles.Trials);

    /// <summary>The metrics of the saved model on the validation split, on which its epoch, views and calibration were chosen.</summary>
    public required FaceClassificationMetrics Metrics { get; init; }

    /// <summary>The training whose network is the model, or the first of its networks.</summary>
    public required TrainingResult Training { get; init; }

    /// <summary>A sweep's best trial; null for a single training.</summary>
    public FaceTrialResult? BestTrial { get; init; }

    /// <summary>A sweep's trials in the order they ran, as its report shows them; empty for a single training.</summary>
    public IReadOnlyList<TrialReport> Trials { get; init; } = [];

    /// <summary>Time from the start to the written model.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What the user should know, a sentence or two each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Loads the saved model.</summary>
    /// <param name="threads">Threads to predict with; 0 is one a processor.</param>
    /// <exception cref="FerException">The file is gone or was altered.</exception>
    public FerModel LoadModel(int threads = 0) => FerModel.Load(ModelPath, threads);

    /// <summary>For instance <c>validation accuracy 0.6750 (0.6595 to 0.6901), macro F1 0.6544; artifacts/first/model.zip</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"validation accuracy {Metrics.Accuracy:F4} ({Metrics.AccuracyInterval.Lower:F4} to {Metrics.AccuracyInterval.Upper:F4}), "
        + $"macro F1 {Metrics.MacroF1:F4}; {ModelPath}");
}
