using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Training;

/// <summary>
/// An earlier project on FER2013 as a recipe: its classes, network, augmentation, optimizer and callbacks, and the accuracy its authors
/// reported. Where they did not publish a value, the network's and the recipe's remarks say that it was chosen here.
/// </summary>
/// <param name="Name">What <c>reproduce</c> calls it.</param>
/// <param name="Summary">What it is, in half a sentence.</param>
/// <param name="Scheme">Its classes.</param>
/// <param name="Reported">The accuracy its authors reported, 0 … 1, or null where they gave none for this network.</param>
/// <param name="ReportedOn">The split of <paramref name="Reported"/>, and other figures that were given.</param>
/// <param name="Minutes">The time it is given where the user gives none.</param>
/// <param name="Options">How it is trained; the time budget is added by the caller.</param>
internal sealed record EarlierProject(
    string Name, string Summary, LabelScheme Scheme, double? Reported, string ReportedOn, int Minutes,
    ImageClassificationTrainer.Options Options)
{
    /// <summary>
    /// What the model averages over of a face: its middle alone, as their authors looked at it, or null for what does best.
    /// </summary>
    public FaceViews? Views { get; init; } = FaceViews.Centre;

    /// <summary>
    /// What all of them share: plain cross-entropy on whole faces, the learning rate halved when the validation loss stands still, and an
    /// early end.
    /// </summary>
    private static readonly ImageClassificationTrainer.Options Plain = new()
    {
        InputSide = Face.Side,
        Epoch = 60,
        BatchSize = 64,
        Optimizer = OptimizerKind.Adam,
        LearningRate = 1e-3,
        LearningRateScheduler = new ReduceOnPlateau { Factor = 0.5, Patience = 2, MinLearningRate = 1e-6 },
        EarlyStoppingCriteria = new EarlyStopping { Patience = 8 },
        WeightDecay = 0,
        ProgressiveResizing = 0,
        LabelSmoothing = 0,
        ExponentialMovingAverage = 0,
        Augmentation = FaceAugmentation.None,
    };

    /// <summary>The web-app project's: brightness, rotation by up to 10 degrees, shear.</summary>
    private static readonly FaceAugmentation WebAppAugmentation = new() { Brightness = 0.2, RotationDegrees = 10, ShearDegrees = 10 };

    /// <summary>Small moves and mirror images, for the tutorial, of whose augmentation nothing is known.</summary>
    private static readonly FaceAugmentation Mild = new()
    {
        FlipProbability = 0.5,
        RotationDegrees = 10,
        MinimumScale = 0.9,
        MaximumScale = 1.1,
        Shift = 0.08,
    };

    /// <summary>
    /// The three-class project's: batches of 32, rotation by up to 15 degrees, shift and zoom by 15 %, mirror images. The network has half
    /// its authors' width and, with it, half their dropout: they let it have a hundred epochs, and twenty minutes are 28 of half the width.
    /// </summary>
    private static readonly ImageClassificationTrainer.Options ThreeClass = Plain with
    {
        Arch = "EluDcnn",
        Width = 0.5,
        BatchSize = 32,
        Augmentation = new() { FlipProbability = 0.5, RotationDegrees = 15, MinimumScale = 0.85, MaximumScale = 1.15, Shift = 0.15 },
    };

    /// <summary>
    /// For the large networks, which their authors fine-tuned and which have nothing to go on from here. An epoch of whole faces takes them
    /// minutes, so most of the run sees smaller pictures, and none sees more than the middle of a face; and since a run is short, faces are
    /// varied less. In two epochs of DenseNet121 at 24 pixels AdamW gets to 0.40 of PublicTest, stochastic gradient descent at rates from
    /// 0.007 to 0.03 to 0.27 to 0.33.
    /// </summary>
    private static readonly ImageClassificationTrainer.Options FromScratch = new()
    {
        Epoch = 60,
        BatchSize = 64,
        Optimizer = OptimizerKind.AdamW,
        LearningRate = 1e-3,
        WeightDecay = 5e-4f,
        Augmentation = FaceAugmentation.Standard.Scaled(0.7),
        InputSide = 40,
        ProgressiveResizing = 0.75,
        ProgressiveSide = 24,
    };

    /// <summary>All of them, in the order of their accuracy within each project.</summary>
    public static IReadOnlyList<EarlierProject> All { get; } =
    [
        new("first-cnn", "a first CNN: three convolutions and max-pools", LabelScheme.Seven, 0.5561, "validation", 20,
            Plain with { Arch = "ThreeConvolutionCnn" }),
        new("course-cnn", "a course project's CNN, disgust joined to angry", LabelScheme.Six, 0.5862,
            "validation; 0.5525 on its test split", 20,
            Plain with { Arch = "SixClassCnn" }),
        new("course-rnn", "the course project's RNN, an LSTM over the rows", LabelScheme.Six, null, "no figure of its own", 20,
            Plain with { Arch = "RowLstm", GradientClipping = 5 }),
        new("web-baseline", "a web app's baseline CNN", LabelScheme.Seven, 0.455, "validation", 20,
            Plain with { Arch = "WebAppCnn" }),
        new("web-augmented", "the baseline with brightness, rotation by 10 degrees and shear", LabelScheme.Seven, 0.475, "validation", 20,
            Plain with { Arch = "WebAppCnn", Augmentation = WebAppAugmentation }),
        new("web-deeper", "the web app's CNN with more layers", LabelScheme.Seven, 0.569, "validation", 20,
            Plain with { Arch = "WebAppDeepCnn", Augmentation = WebAppAugmentation }),
        new("web-vgg19", "the web app's VGG19, here from scratch and with batch normalisation", LabelScheme.Seven, 0.247,
            "validation; its transfer failed", 20,
            FromScratch with { Arch = "Vgg19Bn", ProgressiveSide = 32 }) { Views = null },
        new("web-densenet121", "the web app's DenseNet121, here from scratch", LabelScheme.Seven, 0.653, "validation", 45,
            FromScratch with { Arch = "DenseNet121" }) { Views = null },
        new("three-class-adam", "a three-class deep CNN with ELU, under Adam", LabelScheme.Three, 0.83,
            "validation, a random tenth of all faces", 20,
            ThreeClass),
        new("three-class-nadam", "the same under Nadam", LabelScheme.Three, 0.83,
            "validation, a random tenth of all faces", 20,
            ThreeClass with { Optimizer = OptimizerKind.Nadam }),
        new("three-class-tutorial", "a three-class tutorial's seven layers", LabelScheme.Three, 0.83, "split not stated; 0.73 at first", 20,
            Plain with { Arch = "SevenLayerCnn", Augmentation = Mild }),
    ];

    /// <summary>The recipe of a name, in any case.</summary>
    /// <exception cref="FerUsageException">There is none; the message lists the known ones.</exception>
    public static EarlierProject Find(string name) =>
        All.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new FerUsageException(
            $"There is no earlier project '{name}'; the known ones are {string.Join(", ", All.Select(p => p.Name))}.");
}
