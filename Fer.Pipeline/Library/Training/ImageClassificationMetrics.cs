namespace Fer.Pipeline.Training;

/// <summary>
/// What <see cref="ImageClassificationTrainer.Options.MetricsCallback"/> is told: as in ML.NET one of the two phases, or a warning.
/// </summary>
public sealed record ImageClassificationMetrics
{
    /// <summary>What an epoch brought; null while features are computed.</summary>
    public TrainingMetrics? Train { get; init; }

    /// <summary>How far the features of a frozen backbone, or a teacher's predictions, are; null while training.</summary>
    public BottleneckMetrics? Bottleneck { get; init; }

    /// <summary>
    /// What to know besides the figures: of a stop (<see cref="TrainingResult.Warning"/>), or of a file that could not be written; else
    /// null.
    /// </summary>
    public string? Warning { get; init; }
}

/// <summary>What features are computed for.</summary>
public enum BottleneckDataset
{
    /// <summary>The faces to learn from.</summary>
    Train,
    /// <summary>The faces to choose the best epoch on.</summary>
    Validation,
    /// <summary>The faces to learn from, of which <see cref="ImageClassificationTrainer.Options.Teacher"/> predicts the classes.</summary>
    Teacher,
}

/// <summary>How far the features of a frozen backbone, or a teacher's predictions, are.</summary>
/// <param name="DatasetUsed">The set.</param>
/// <param name="Index">Faces done.</param>
/// <param name="Count">Faces of the set.</param>
/// <param name="Elapsed">Time since the set was begun.</param>
/// <param name="FromCache">True where the features were read instead of computed.</param>
public sealed record BottleneckMetrics(BottleneckDataset DatasetUsed, int Index, int Count, TimeSpan Elapsed, bool FromCache)
{
    /// <summary>True where no more features are to come: the training follows.</summary>
    internal bool IsLast => Index == Count && DatasetUsed == BottleneckDataset.Validation;

    /// <summary>Faces a second.</summary>
    public double ImagesPerSecond => Index / Math.Max(1e-9, Elapsed.TotalSeconds);

    /// <summary>Time that the rest of the set is expected to take.</summary>
    public TimeSpan Remaining => Index == 0 ? TimeSpan.Zero : Elapsed * ((double)(Count - Index) / Index);
}
