using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// What a sweep on faces chooses. The defaults are those of <see cref="ImageClassificationTrainer.Options"/>, and what a sweep tries first.
/// The ranges are narrow around it on purpose: short trials like weak augmentation, no smoothing and small networks, which long trainings
/// do not.
/// </summary>
internal sealed record FaceSearchOptions
{
    private static readonly ImageClassificationTrainer.Options Recipe = new();

    /// <summary>
    /// The architecture, trained from scratch; or a backbone to go on from and the side that faces are resized to for it, <c>NAME@SIDE</c>,
    /// which a sweep adds where there are such.
    /// </summary>
    [Choice("FerNet", "ThreeConvolutionCnn")]
    public string Architecture { get; init; } = Recipe.Arch;

    /// <summary>What is trained of a backbone. A sweep fixes it where there is none.</summary>
    [Choice(nameof(Training.FineTune.None), nameof(Training.FineTune.LastStage), nameof(Training.FineTune.All))]
    public FineTune FineTune { get; init; } = FineTune.None;

    /// <summary>What every layer's channels are multiplied by. A sweep fixes it by the measured speed.</summary>
    [Choice(0.5, 0.75, 1.0, 1.5, 2.0)]
    public double Width { get; init; } = Recipe.Width;

    /// <summary>What steps the weights.</summary>
    [Choice(nameof(OptimizerKind.Sgd), nameof(OptimizerKind.AdamW))]
    public OptimizerKind Optimizer { get; init; } = Recipe.Optimizer;

    /// <summary>Peak learning rate of gradient descent.</summary>
    [Range(0.02, 0.2, logBase: true), When(nameof(Optimizer), nameof(OptimizerKind.Sgd))]
    public double LearningRate { get; init; } = ImageClassificationTrainer.Options.DefaultLearningRate(OptimizerKind.Sgd);

    /// <summary>Peak learning rate of AdamW.</summary>
    [Range(0.0005, 0.005, logBase: true), When(nameof(Optimizer), nameof(OptimizerKind.AdamW))]
    public double AdamLearningRate { get; init; } = ImageClassificationTrainer.Options.DefaultLearningRate(OptimizerKind.AdamW);

    /// <summary>Weight decay of gradient descent, on weights only.</summary>
    [Range(1e-4, 2e-3, logBase: true), When(nameof(Optimizer), nameof(OptimizerKind.Sgd))]
    public float WeightDecay { get; init; } = ImageClassificationTrainer.Options.DefaultWeightDecay(OptimizerKind.Sgd);

    /// <summary>Weight decay of AdamW, which does not pass through the gradient.</summary>
    [Range(0.01, 0.2, logBase: true), When(nameof(Optimizer), nameof(OptimizerKind.AdamW))]
    public float AdamWeightDecay { get; init; } = ImageClassificationTrainer.Options.DefaultWeightDecay(OptimizerKind.AdamW);

    /// <summary>How the learning rate changes.</summary>
    [Choice(nameof(LearningRateSchedule.Cosine), nameof(LearningRateSchedule.Linear))]
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Faces of a batch.</summary>
    [Choice(64, 128, 256)]
    public int BatchSize { get; init; } = Recipe.BatchSize;

    /// <summary>Width and height of the network's input in pixels: the part of the face that it sees.</summary>
    [Choice(40, 44, 48)]
    public int InputSide { get; init; } = Recipe.InputSide;

    /// <summary>
    /// Share of the run that begins on smaller pictures of the faces, of 32 pixels and then of 40 where the input has more: an epoch on
    /// whole faces then takes hardly longer than one on their middle, and in four minutes on FER2013 was worth a point more.
    /// </summary>
    [Choice(0.0, 0.4, 0.6), When(nameof(Architecture), "FerNet")]
    public double ProgressiveResizing { get; init; } = Recipe.ResizingShare;

    /// <summary>Strength of augmentation; 1 is <see cref="FaceAugmentation.Standard"/>.</summary>
    [Range(0.6, 1.3)]
    public double Augmentation { get; init; } = 1;

    /// <summary>Label smoothing.</summary>
    [Range(0.02, 0.15)]
    public float LabelSmoothing { get; init; } = Recipe.LabelSmoothing;

    /// <summary>Alpha of mixup; 0 is none.</summary>
    [Choice(0.0, 0.1, 0.2)]
    public double Mixup { get; init; } = Recipe.Mixup;

    /// <summary>Rate of the dropout before the last layer.</summary>
    [Range(0.0, 0.5)]
    public float Dropout { get; init; } = Recipe.Dropout;

    /// <summary>Decay of the averaged weights.</summary>
    [Choice(0.99f, 0.998f, 0.999f)]
    public float ExponentialMovingAverage { get; init; } = Recipe.ExponentialMovingAverage;

    /// <summary>
    /// Share of FER+'s votes in the targets, the rest being FER2013's label. A sweep fixes it where there are no
    /// votes, or no other labels.
    /// </summary>
    [Choice(0f, 0.4f, 0.7f)]
    public float SoftTargets { get; init; } = ImageClassificationTrainer.Options.SoftTargetsBesideLabels;

    /// <summary>The trainer's options with these values.</summary>
    internal ImageClassificationTrainer.Options ToTrainerOptions()
    {
        bool adam = Optimizer != OptimizerKind.Sgd;
        var backbone = BackboneCandidate.Parse(Architecture);
        return new()
        {
            Arch = backbone?.Name ?? Architecture,
            ResizeTo = backbone?.Side,
            FineTune = backbone is null ? null : FineTune,
            Width = Width,
            InputSide = InputSide,
            Optimizer = Optimizer,
            LearningRate = adam ? AdamLearningRate : LearningRate,
            WeightDecay = adam ? AdamWeightDecay : WeightDecay,
            LearningRateScheduler = Schedule.Create(),
            BatchSize = BatchSize,
            // Other architectures may end in layers that fit one input only.
            ProgressiveResizing = Architecture == "FerNet" ? ProgressiveResizing : 0,
            Augmentation = FaceAugmentation.Standard.Scaled(Augmentation),
            LabelSmoothing = LabelSmoothing,
            Mixup = Mixup,
            Dropout = Dropout,
            ExponentialMovingAverage = ExponentialMovingAverage,
            SoftTargets = SoftTargets,
        };
    }
}
