using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Training;

public sealed partial class ImageClassificationTrainer
{
    /// <summary>What a run is made of. The defaults are the recipe measured on FER2013.</summary>
    public sealed record Options
    {
        /// <summary>
        /// What is trained: the name of an architecture (<see cref="Networks.Architectures.Names"/>), of a backbone in <see cref="BackboneFolder"/>, or
        /// the path of a model zip or an ONNX file to go on from. The default is the project's own network, where ML.NET's is
        /// <c>InceptionV3</c>, whose weights it downloads; here nothing is downloaded.
        /// </summary>
        public string Arch { get; init; } = "FerNet";

        /// <summary>
        /// What is trained of a network that has learnt before. Null is the network from scratch for an architecture's name,
        /// <see cref="Training.FineTune.All"/> for a model zip, and otherwise <see cref="Training.FineTune.None"/>, the only way ML.NET has. Set for an
        /// architecture's name, it takes the backbone of that name.
        /// </summary>
        public FineTune? FineTune { get; init; }

        /// <summary>Width and height that faces are resized to inside the network, 8 … 512; null is the ONNX backbone's own size, and none for other networks.</summary>
        public int? ResizeTo { get; init; }

        /// <summary>The folder of the backbones that are known by name (<see cref="Models.BackboneStore"/>).</summary>
        public string BackboneFolder { get; init; } = Path.Combine(DataLocator.DataFolder, "backbones");

        /// <summary>In fine-tuning, the learning rate of the new head at its peak; null is <see cref="LearningRate"/>, which is then the last stage's.</summary>
        public double? HeadLearningRate { get; init; }

        /// <summary>In fine-tuning, what the learning rate is multiplied by from each stage to the one before it, above 0 and at most 1.</summary>
        public double StageLearningRateFactor { get; init; } = 0.5;

        /// <summary>
        /// In fine-tuning, the share of the run, from its start, in which batch normalisation keeps the statistics of its first training, 0 … 1; 1 is
        /// all of it. Layers that are frozen keep them anyway.
        /// </summary>
        public double FrozenBatchNormalization { get; init; } = 0.3;

        /// <summary>
        /// True to fit a new head on the frozen features before any layer is fine-tuned, so that its random start does not spoil them (Kumar et al., arXiv
        /// 2202.10054). Costs one forward pass over the faces.
        /// </summary>
        public bool HeadFirst { get; init; } = true;

        /// <summary>
        /// The folder that keeps the features of frozen backbones and the predictions of teachers, which several runs may share; null is <see cref="WorkspacePath"/>, and without that
        /// nothing is kept, where ML.NET takes a temporary folder.
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
        public double Width { get; init; } = 1;

        /// <summary>Width and height of the network's input in pixels, 8 … 48: the middle of the face in evaluation. Only for networks from scratch.</summary>
        public int InputSide { get; init; } = 40;

        /// <summary>Passes over the data, at the most; null is 40, or as many as fit <see cref="TimeBudget"/> where that is set.</summary>
        public int? Epoch { get; init; }

        /// <summary>
        /// The time from the call of <c>Fit</c> to its return, or null for no limit. The schedule is planned so that it is complete by then: the
        /// step count follows the machine's speed, so the weights are not the same on every machine and run.
        /// </summary>
        public TimeSpan? TimeBudget { get; init; }

        /// <summary>Faces of a batch.</summary>
        public int BatchSize { get; init; } = 128;

        /// <summary>The learning rate at its peak; <see cref="LearningRateScheduler"/> multiplies it. Adam's family wants about 0.001.</summary>
        public double LearningRate { get; init; } = 0.05;

        /// <summary>How the learning rate changes over the run.</summary>
        public LearningRateScheduler LearningRateScheduler { get; init; } = new CosineDecay();

        /// <summary>When to stop for want of progress, or null for never.</summary>
        public EarlyStopping? EarlyStoppingCriteria { get; init; }

        /// <summary>The faces to choose the best epoch on, where <c>Fit</c> is given none.</summary>
        public FaceSet? ValidationSet { get; init; }

        /// <summary>Called after each epoch and, where a teacher's predictions or the features of a frozen backbone are computed first, after each batch of them.</summary>
        public Action<ImageClassificationMetrics>? MetricsCallback { get; init; }

        /// <summary>Called after each batch.</summary>
        public Action<TrainingProgress>? ProgressCallback { get; init; }

        /// <summary>What steps the weights.</summary>
        public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

        /// <summary>Weight decay, on weights only.</summary>
        public float WeightDecay { get; init; } = 5e-4f;

        /// <summary>Share of each target that is spread over all classes, at least 0 and below 1.</summary>
        public float LabelSmoothing { get; init; } = 0.1f;

        /// <summary>Rate of the dropout before the last layer, at least 0 and below 1.</summary>
        public float Dropout { get; init; } = 0.3f;

        /// <summary>How training faces are varied.</summary>
        public FaceAugmentation Augmentation { get; init; } = FaceAugmentation.Standard;

        /// <summary>Alpha of mixup's Beta distribution; 0 is no mixup.</summary>
        public double Mixup { get; init; }

        /// <summary>Decay of the averaged weights that are validated and kept, below 1; 0 is no average.</summary>
        public float ExponentialMovingAverage { get; init; } = 0.999f;

        /// <summary>Share of the run, from its start, that sees the faces with fewer pixels, at least 0 and below 1; 0 is none. For architectures that fit any input.</summary>
        public double ProgressiveResizing { get; init; }

        /// <summary>Side of the first of those smaller inputs in pixels, 8 … <see cref="InputSide"/>; it grows by 8.</summary>
        public int ProgressiveSide { get; init; } = 24;

        /// <summary>Share of the faces' soft targets that counts, where they have such; the rest is the label's, 0 … 1.</summary>
        public float SoftTargets { get; init; } = 1;

        /// <summary>
        /// The path of a model zip whose predictions become part of the targets, or null for none: knowledge distillation (Hinton et al., arXiv
        /// 1503.02531) at temperature 1, on calibrated probabilities. It must know all classes of the training set; what it says of others is left
        /// out. Its predictions are computed once, before the first step, and kept as the features of frozen backbones are.
        /// </summary>
        public string? Teacher { get; init; }

        /// <summary>The teacher's share of the targets, above 0 and at most 1; the rest is what they would be without it.</summary>
        public float TeacherShare { get; init; } = 0.5f;

        /// <summary>Greatest norm of the gradient; 0 is no limit.</summary>
        public float GradientClipping { get; init; }

        /// <summary>Seed of the weights, the order, the augmentation and dropout.</summary>
        public long Seed { get; init; } = 1;

        /// <summary>Threads of the engine; 0 is one a processor.</summary>
        public int Threads { get; init; }

        /// <summary>True where 3x3 convolutions may take Winograd's minimal filtering; false sums them directly, which is slower and rounds a little less.</summary>
        public bool Winograd { get; init; } = true;

        /// <summary>
        /// A folder that takes a checkpoint after each epoch, whenever <see cref="CheckpointInterval"/> has passed within one, and on cancellation;
        /// null is none. It holds all that the run has come to, in full precision.
        /// </summary>
        public string? WorkspacePath { get; init; }

        /// <summary>Most time between two checkpoints.</summary>
        public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(2);

        /// <summary>True to go on from the checkpoint in <see cref="WorkspacePath"/> where there is one. The weights are then the same, bit for bit, as those of a run that was never stopped.</summary>
        public bool Resume { get; init; }

        /// <summary>The clock that <see cref="TimeBudget"/> is measured by.</summary>
        internal TimeProvider Clock { get; init; } = TimeProvider.System;

        /// <summary>Called before each step.</summary>
        internal Action<TrainState>? BeforeStep { get; init; }

        /// <summary>When <c>Fit</c> was called, by <see cref="Clock"/>: what <see cref="TimeBudget"/> counts from.</summary>
        internal long Started { get; init; }

        /// <summary>True where the network may be kept as it is, if no epoch does better.</summary>
        internal bool OffersStart { get; init; }

        internal Optimizer CreateOptimizer() => Optimizer switch
        {
            OptimizerKind.Sgd => new Sgd(weightDecay: WeightDecay),
            OptimizerKind.Adam => new Adam(weightDecay: WeightDecay),
            OptimizerKind.AdamW => new AdamW(weightDecay: WeightDecay),
            OptimizerKind.Nadam => new Nadam(weightDecay: WeightDecay),
            _ => throw new FerUsageException($"There is no optimizer {Optimizer}."),
        };

        /// <summary>Fails where a value makes no sense, before any work is done.</summary>
        internal void Check()
        {
            if (InputSide is < 8 or > Face.Side) throw new FerUsageException($"InputSide is 8 … {Face.Side} pixels, not {InputSide}.");
            if (ResizeTo is < 8 or > 512) throw new FerUsageException($"ResizeTo is 8 … 512 pixels, not {ResizeTo}.");
            if (HeadLearningRate is { } head && !(head > 0 && double.IsFinite(head))) throw new FerUsageException($"HeadLearningRate is above 0, not {head}.");
            if (!(StageLearningRateFactor is > 0 and <= 1)) throw new FerUsageException($"StageLearningRateFactor is above 0 and at most 1, not {StageLearningRateFactor}.");
            if (!(FrozenBatchNormalization is >= 0 and <= 1)) throw new FerUsageException($"FrozenBatchNormalization is 0 … 1, not {FrozenBatchNormalization}.");
            if (!(Dropout is >= 0 and < 1)) throw new FerUsageException($"Dropout is at least 0 and below 1, not {Dropout}.");
            if (Epoch < 1) throw new FerUsageException($"Epoch is at least 1, not {Epoch}.");
            if (TimeBudget <= TimeSpan.Zero) throw new FerUsageException($"TimeBudget is above 0, not {TimeBudget}.");
            if (BatchSize < 1) throw new FerUsageException($"BatchSize is at least 1, not {BatchSize}.");
            if (!(LearningRate > 0 && double.IsFinite(LearningRate))) throw new FerUsageException($"LearningRate is above 0, not {LearningRate}.");
            if (!(LabelSmoothing is >= 0 and < 1)) throw new FerUsageException($"LabelSmoothing is at least 0 and below 1, not {LabelSmoothing}.");
            if (!(ExponentialMovingAverage is >= 0 and < 1)) throw new FerUsageException($"ExponentialMovingAverage is at least 0 and below 1, not {ExponentialMovingAverage}.");
            if (!(GradientClipping >= 0)) throw new FerUsageException($"GradientClipping is at least 0, not {GradientClipping}.");
            if (!(Mixup >= 0)) throw new FerUsageException($"Mixup is at least 0, not {Mixup}.");
            if (!(ProgressiveResizing is >= 0 and < 1)) throw new FerUsageException($"ProgressiveResizing is at least 0 and below 1, not {ProgressiveResizing}.");
            if (ProgressiveResizing > 0 && (ProgressiveSide < 8 || ProgressiveSide > InputSide)) throw new FerUsageException($"ProgressiveSide is 8 … {InputSide} pixels, not {ProgressiveSide}.");
            if (!(SoftTargets is >= 0 and <= 1)) throw new FerUsageException($"SoftTargets is 0 … 1, not {SoftTargets}.");
            if (!(TeacherShare is > 0 and <= 1)) throw new FerUsageException($"TeacherShare is above 0 and at most 1, not {TeacherShare}.");
            if (CheckpointInterval <= TimeSpan.Zero) throw new FerUsageException($"CheckpointInterval is above 0, not {CheckpointInterval}.");
            if (Resume && WorkspacePath is null) throw new FerUsageException("Resume needs a WorkspacePath, where the checkpoint is.");
            if (Threads < 0) throw new FerUsageException($"Threads is at least 1, or 0 for one a processor, not {Threads}.");
            Augmentation.Check();
            // The optimizer and the architecture check their own values.
            CreateOptimizer();
            StartingNetwork.Check(this);
            if (ProgressiveResizing > 0) CheckResizing();
        }

        private void CheckResizing()
        {
            if (FineTune is not null || !Networks.Architectures.IsKnown(Arch)) throw new FerUsageException("ProgressiveResizing is for networks from scratch. Set it to 0.");
            var network = Networks.Architectures.Create(Arch, 2, StartingNetwork.ArchitectureOf(this));
            foreach (int side in Resizing().AllSides)
            {
                try
                {
                    network.AtInput(network.Input with { Height = side, Width = side });
                }
                catch (FerException e)
                {
                    throw new FerUsageException($"ProgressiveResizing: {Arch} cannot take faces of {side}x{side} pixels ({e.Message.TrimEnd('.')}). Set it to 0, or take another architecture.");
                }
            }
        }

        internal ResizingSchedule Resizing() => new(ProgressiveResizing, ProgressiveSide, InputSide);

        /// <summary>
        /// What makes this training the one it is, by name, in a fixed order: two runs of the same identity go through the same weights. Time and
        /// threads are left out: a run may be given more of either.
        /// </summary>
        internal IEnumerable<(string Name, string Value)> Identity() =>
            from property in typeof(Options).GetProperties()
            where property.PropertyType.IsPrimitive || property.PropertyType.IsEnum || property.PropertyType == typeof(string) || Nullable.GetUnderlyingType(property.PropertyType) is { IsPrimitive: true } or { IsEnum: true }
                || property.PropertyType.IsAssignableTo(typeof(LearningRateScheduler)) || property.PropertyType == typeof(EarlyStopping) || property.PropertyType == typeof(FaceAugmentation)
            where property.Name is not (nameof(WorkspacePath) or nameof(BottleneckFolder) or nameof(BackboneFolder) or nameof(Resume) or nameof(Threads))
            // What a teacher says is in the targets of the training data.
            where property.Name is not (nameof(Teacher) or nameof(TeacherShare))
            orderby property.Name
            select (property.Name, property.GetValue(this)?.ToString() ?? "none");
    }
}
