using Fer.Pipeline.Imaging;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// What a sweep on faces chooses. The defaults are the recipe measured on FER2013, and what a sweep tries first. The ranges are narrow around
/// it on purpose: short trials like weak augmentation, no smoothing and small networks, which long trainings do not.
/// </summary>
public sealed record FaceSearchOptions
{
    /// <summary>The architecture.</summary>
    [Choice("FerNet", "ThreeConvolutionCnn")]
    public string Architecture { get; init; } = "FerNet";

    /// <summary>What every layer's channels are multiplied by. A <see cref="FaceExperiment"/> fixes it by the measured speed.</summary>
    [Choice(0.5, 0.75, 1.0, 1.5)]
    public double Width { get; init; } = 1;

    /// <summary>Peak learning rate.</summary>
    [Range(0.02, 0.2, logBase: true)]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Strength of augmentation; 1 is <see cref="FaceAugmentation.Standard"/>.</summary>
    [Range(0.6, 1.3)]
    public double Augmentation { get; init; } = 1;

    /// <summary>Label smoothing.</summary>
    [Range(0.02, 0.15)]
    public float LabelSmoothing { get; init; } = 0.1f;

    /// <summary>Faces of a batch.</summary>
    [Choice(64, 128, 256)]
    public int BatchSize { get; init; } = 128;

    /// <summary>The trainer's options with these values.</summary>
    internal ImageClassificationTrainer.Options ToTrainerOptions() => new()
    {
        Arch = Architecture,
        Width = Width,
        LearningRate = LearningRate,
        Augmentation = FaceAugmentation.Standard.Scaled(Augmentation),
        LabelSmoothing = LabelSmoothing,
        BatchSize = BatchSize,
    };
}
