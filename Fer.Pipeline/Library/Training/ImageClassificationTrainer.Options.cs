using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Training;

public sealed partial class ImageClassificationTrainer
{
    /// <summary>
    /// What a training is made of. The defaults are the recipe measured on FER2013, which a sweep starts from too. Where null stands for a
    /// value that depends on what is trained, <see cref="TrainingResult.Options"/> has the one that was taken.
    /// </summary>
    public sealed partial record Options
    {
        /// <summary>
        /// What is trained: the name of an architecture (<see cref="Networks.Architectures.Names"/>), of a backbone in <see
        /// cref="BackboneFolder"/>, or the path of a model zip or an ONNX file to fine-tune. The default is the project's own network,
        /// where ML.NET's is <c>InceptionV3</c>, whose weights it downloads; here nothing is downloaded.
        /// </summary>
        [TrainingOption("What is trained: the name of an architecture or a backbone, or a model.zip or ONNX file to fine-tune")]
        public string Arch { get; init; } = "FerNet";

        /// <summary>
        /// What is trained of a network that was trained before. Null is the network from scratch for an architecture's name, <see
        /// cref="Training.FineTune.All"/> for a model zip, and otherwise <see cref="Training.FineTune.None"/>, the only way ML.NET has. Set
        /// for an architecture's name, it takes the backbone of that name.
        /// </summary>
        [TrainingOption("What is trained of a network that was trained before: a new head alone, also the layers on the smallest maps, " +
            "or all. Where not given: all of a model.zip, none of an ONNX backbone")]
        public FineTune? FineTune { get; init; }

        /// <summary>
        /// Width and height that faces are resized to inside the network, 8 … 512; null is the ONNX backbone's own size, 160 for the
        /// bundled <c>Resnet18</c>, and none for other networks.
        /// </summary>
        [TrainingOption("Side that faces are resized to inside the network; where not given an ONNX backbone's own, and 160 for Resnet18",
            Least = 8, Most = 512, Unit = "pixels")]
        public int? ResizeTo { get; init; }

        /// <summary>The folder of the backbones that are known by name (<see cref="Models.BackboneStore"/>).</summary>
        public string BackboneFolder { get; init; } = Path.Combine(DataLocator.DataFolder, "backbones");

        /// <summary>
        /// In fine-tuning, the learning rate of the new head at its peak; null is <see cref="LearningRate"/>, which is then the last
        /// stage's.
        /// </summary>
        [TrainingOption("In fine-tuning, the head's peak learning rate; the learning rate where not given", Least = 0, AboveLeast = true)]
        public double? HeadLearningRate { get; init; }

        /// <summary>
        /// In fine-tuning, what the learning rate is multiplied by from each stage to the one before it, above 0 and at most 1.
        /// </summary>
        [TrainingOption("In fine-tuning, what the learning rate is multiplied by from stage to stage towards the pixels",
            CommandName = "stage-factor", Least = 0, Most = 1, AboveLeast = true)]
        public double StageLearningRateFactor { get; init; } = 0.5;

        /// <summary>
        /// In fine-tuning, the share of the run, from its start, in which batch normalisation keeps the statistics of its first training, 0
        /// … 1; 1 is all of it, which did better on FER2013 than letting go. Layers that are frozen keep them anyway.
        /// </summary>
        [TrainingOption("In fine-tuning, the first share of the run that keeps the old statistics of batch normalisation",
            CommandName = "frozen-batch-norm", Least = 0, Most = 1)]
        public double FrozenBatchNormalization { get; init; } = 1;

        /// <summary>
        /// True to fit a new head on the frozen features before any layer is fine-tuned, so that its random start does not spoil them
        /// (Kumar et al., arXiv 2202.10054). Costs one forward pass over the faces.
        /// </summary>
        [TrainingOption("In fine-tuning, fits a new head on the frozen features before any layer")]
        public bool HeadFirst { get; init; } = true;

        /// <summary>
        /// The folder that keeps the features of frozen backbones and the predictions of teachers, which several runs may share; null is
        /// <see cref="WorkspacePath"/>, and without that nothing is kept, where ML.NET takes a temporary folder.
        /// </summary>
        public string? BottleneckFolder { get; init; }

        /// <summary>
        /// True to take the training set's features from the folder where they are there. True by default, where ML.NET's is false:
        /// they are found by the content of faces, backbone and preprocessing and checked when read, so they cannot be those of others.
        /// </summary>
        public bool ReuseTrainSetBottleneckCachedValues { get; init; } = true;

        /// <summary>The same for the validation set.</summary>
        public bool ReuseValidationSetBottleneckCachedValues { get; init; } = true;

        /// <summary>What every layer's channels are multiplied by. Only for networks from scratch.</summary>
        [TrainingOption("What every layer's channels are multiplied by", Least = 0, Most = 16, AboveLeast = true)]
        public double Width { get; init; } = 1;

        /// <summary>
        /// Width and height of the network's input in pixels, 8 … 48: the middle of the face in evaluation. Only for networks from scratch.
        /// </summary>
        [TrainingOption("Width and height of the network's input, the middle of the face", Least = 8, Most = Face.Side, Unit = "pixels")]
        public int InputSide { get; init; } = Face.Side;

        /// <summary>
        /// Passes over the data, at the most; null is 40, or as many as fit <see cref="TimeBudget"/> where that is set, of a head alone 40
        /// in either case.
        /// </summary>
        [TrainingOption("Passes over the data; 40, or as many as fit the time, where not given", CommandName = "epochs", Least = 1)]
        public int? Epoch { get; init; }

        /// <summary>
        /// The time from the call of <c>Fit</c> to its return, or null for no limit. The schedule is planned so that it is complete by
        /// then: the step count follows the machine's speed, so the weights differ from machine to machine and run to run.
        /// </summary>
        [TrainingOption("Wall-clock budget", Least = 0, AboveLeast = true, IsIdentity = false)]
        public TimeSpan? TimeBudget { get; init; }

        /// <summary>Faces of a batch.</summary>
        [TrainingOption("Faces of a batch", Least = 1)]
        public int BatchSize { get; init; } = 128;

        /// <summary>
        /// The learning rate at its peak; <see cref="LearningRateScheduler"/> multiplies it. Null is 0.1 from scratch, 0.005 in fine-tuning
        /// a model of this project, and 0.02 in fine-tuning another backbone and for a head alone; a hundredth of that with Adam and Nadam,
        /// a fiftieth with AdamW.
        /// </summary>
        [TrainingOption("Peak learning rate; where not given 0.1, in fine-tuning a model.zip 0.005, another backbone or a head alone " +
            "0.02, with Adam and Nadam a hundredth of that and with AdamW a fiftieth", Least = 0, AboveLeast = true)]
        public double? LearningRate { get; init; }

        /// <summary>How the learning rate changes over the run.</summary>
        [TrainingOption("How the learning rate changes over the run", CommandName = "schedule")]
        public LearningRateScheduler LearningRateScheduler { get; init; } = new CosineDecay();

        /// <summary>When to stop for want of progress, or null for never.</summary>
        [TrainingOption("Stops after so many epochs without progress; never where not given", CommandName = "patience")]
        public EarlyStopping? EarlyStoppingCriteria { get; init; }

        /// <summary>
        /// Called after each epoch; where a teacher's predictions or the features of a frozen backbone are computed first, after each batch
        /// of them; and where there is something to warn of.
        /// </summary>
        public Action<ImageClassificationMetrics>? MetricsCallback { get; init; }

        /// <summary>Called after each batch.</summary>
        public Action<TrainingProgress>? ProgressCallback { get; init; }

        /// <summary>What steps the weights.</summary>
        [TrainingOption("What steps the weights")]
        public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

        /// <summary>
        /// Weight decay, on weights only, at least 0; null is 0.0005, and 0.05 with AdamW, whose decay does not pass through the gradient.
        /// </summary>
        [TrainingOption("Weight decay, on weights only; where not given 0.0005, with AdamW 0.05", Least = 0)]
        public float? WeightDecay { get; init; }

        /// <summary>Share of each target that is spread over all classes, at least 0 and below 1.</summary>
        [TrainingOption("Share of each target that is spread over all classes", Least = 0, Most = 1, BelowMost = true)]
        public float LabelSmoothing { get; init; } = 0.1f;

        /// <summary>Rate of the dropout before the last layer, at least 0 and below 1.</summary>
        [TrainingOption("Dropout before the last layer", Least = 0, Most = 1, BelowMost = true)]
        public float Dropout { get; init; } = 0.3f;

        /// <summary>How training faces are varied.</summary>
        [TrainingOption("Strength of augmentation; 0 is none")]
        public FaceAugmentation Augmentation { get; init; } = FaceAugmentation.Standard;

        /// <summary>Alpha of mixup's Beta distribution; 0 is no mixup.</summary>
        [TrainingOption("Alpha of mixup; 0 is none", Least = 0)]
        public double Mixup { get; init; }

        /// <summary>Decay of the averaged weights that are validated and kept, below 1; 0 is no average.</summary>
        [TrainingOption("Decay of the averaged weights that are validated and kept; 0 is no average", CommandName = "ema",
            Least = 0, Most = 1, BelowMost = true)]
        public float ExponentialMovingAverage { get; init; } = 0.999f;

        /// <summary>
        /// Share of the run, from its start, that sees the faces with fewer pixels, at least 0 and below 1; 0 is none. For architectures
        /// that fit any input. Null is 0.6 for FerNet from scratch, where an epoch on whole faces then takes hardly longer than one on
        /// their middle, and 0 for all others.
        /// </summary>
        [TrainingOption("Share of the run that begins on smaller pictures of the faces; where not given 0.6 for FerNet " +
            "from scratch and 0 for others",
            CommandName = "progressive", Least = 0, Most = 1, BelowMost = true)]
        public double? ProgressiveResizing { get; init; }

        /// <summary>Side of the first of those smaller inputs in pixels, 8 … <see cref="InputSide"/>; it grows by 8.</summary>
        [TrainingOption("Side of the first of those; it grows by 8", Least = 8, Most = Face.Side, Unit = "pixels")]
        public int ProgressiveSide { get; init; } = 32;

        /// <summary>
        /// Share of the faces' soft targets that counts, where they have such; the rest is the label's, 0 … 1. Null is 1; in a run on a
        /// <see cref="FaceDataset"/> whose votes stand beside other labels it is 0.4.
        /// </summary>
        [TrainingOption("Share of soft targets, such as FER+'s votes; where not given 0.4 beside other labels, otherwise 1",
            Least = 0, Most = 1)]
        public float? SoftTargets { get; init; }

        /// <summary>
        /// The path of a model zip whose predictions become part of the targets, or null for none: knowledge distillation (Hinton et al.,
        /// arXiv 1503.02531) at temperature 1, on calibrated probabilities. It must know all classes of the training set; what it says of
        /// others is left out. Its predictions are computed once, before the first step, and kept as the features of frozen backbones are.
        /// </summary>
        [TrainingOption("A model.zip whose probabilities become part of the targets (knowledge distillation)", IsIdentity = false)]
        public string? Teacher { get; init; }

        /// <summary>The teacher's share of the targets, above 0 and at most 1; the rest is what they would be without it.</summary>
        [TrainingOption("The teacher's share of the targets", Least = 0, Most = 1, AboveLeast = true, IsIdentity = false)]
        public float TeacherShare { get; init; } = 0.5f;

        /// <summary>Greatest norm of the gradient; 0 is no limit.</summary>
        [TrainingOption("Greatest norm of the gradient; 0 is no limit", Least = 0)]
        public float GradientClipping { get; init; }

        /// <summary>Seed of the weights, the order, the augmentation and dropout.</summary>
        [TrainingOption("Seed of the weights, the order, the augmentation and dropout")]
        public long Seed { get; init; } = 1;

        /// <summary>
        /// Threads of the engine; 0 is one a processor. Another number rounds sums in another order, and so gives slightly other weights.
        /// </summary>
        [TrainingOption("Threads; 0 is one a processor", Least = 0, IsIdentity = false)]
        public int Threads { get; init; }

        /// <summary>
        /// What the training computes on: <c>cpu</c>, the managed engine, which is the fastest on processors; <c>cuda</c>, <c>cuda:1</c>,
        /// <c>mps</c> or <c>torch-cpu</c> by TorchSharp, whose native library is no part of this one. A training may go on on another
        /// device than it began on.
        /// </summary>
        [TrainingOption("What computes: cpu, the program's own engine; cuda, cuda:N, mps or torch-cpu by TorchSharp and libtorch",
            IsIdentity = false)]
        public string Device { get; init; } = TrainingDevices.Cpu;

        /// <summary>The folder of libtorch's native files, for TorchSharp's devices; null is where packages put them.</summary>
        public string? TorchLibrary { get; init; }

        /// <summary>
        /// True where 3x3 convolutions may take Winograd's minimal filtering; false sums them directly, which is slower and rounds a little
        /// less.
        /// </summary>
        [TrainingOption("3x3 convolutions by Winograd's minimal filtering")]
        public bool Winograd { get; init; } = true;

        /// <summary>
        /// A folder that takes a checkpoint after each epoch, whenever <see cref="CheckpointInterval"/> has passed within one, and on
        /// cancellation; null is none. It holds the whole state of the training, in full precision.
        /// </summary>
        public string? WorkspacePath { get; init; }

        /// <summary>Most time between two checkpoints.</summary>
        public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(2);

        /// <summary>
        /// True to continue from the checkpoint in <see cref="WorkspacePath"/> where there is one. With the same thread count and vector
        /// width the weights are then the same, bit for bit, as those of a run that was never stopped; otherwise <see
        /// cref="TrainingResult.Warning"/> says that they are not.
        /// </summary>
        public bool Resume { get; init; }

        /// <summary>The clock that <see cref="TimeBudget"/> is measured by.</summary>
        internal TimeProvider Clock { get; init; } = TimeProvider.System;

        /// <summary>Called before each step.</summary>
        internal Action<TrainState>? BeforeStep { get; init; }

        /// <summary>When <c>Fit</c> was called, by <see cref="Clock"/>: what <see cref="TimeBudget"/> counts from.</summary>
        internal long Started { get; init; }

        /// <summary>True where the network may be kept as it is, if no epoch does better.</summary>
        internal bool OffersStart { get; init; }

        /// <summary>Most returns to earlier weights where the loss is not a number (<see cref="DivergenceRecovery"/>).</summary>
        internal int MostRecoveries { get; init; } = DivergenceRecovery.UsualMost;

        /// <summary>
        /// Hash of the weights before anything was fitted, for the checkpoint's identity; null is that of the network as it is given.
        /// </summary>
        internal string? StartingWeights { get; init; }
    }
}
