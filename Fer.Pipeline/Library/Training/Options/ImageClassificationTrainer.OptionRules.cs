
namespace Fer.Pipeline.Training;

public sealed partial class ImageClassificationTrainer
{
    public sealed partial record Options
    {
        /// <summary>Passes over the data where neither they nor a time are given.</summary>
        internal const int DefaultEpochs = 40;

        /// <summary>Share of votes that stand beside other labels.</summary>
        internal const float SoftTargetsBesideLabels = 0.4f;

        private const double DefaultResizing = 0.6;

        /// <summary>Share of the run on smaller pictures, the default's included.</summary>
        internal double ResizingShare => ProgressiveResizing
            ?? (FineTune is null && ResizeTo is null && Arch.Equals("FerNet", StringComparison.OrdinalIgnoreCase) ? DefaultResizing : 0);

        /// <summary>The peak learning rate where none is given: measured for gradient descent, and for AdamW from scratch.</summary>
        /// <param name="optimizer">The optimizer.</param>
        /// <param name="fineTune">What is trained of a network that was trained before; null is a network from scratch.</param>
        /// <param name="knowsFaces">True where that network is a model of this project, which has less to learn anew.</param>
        internal static double DefaultLearningRate(OptimizerKind optimizer, FineTune? fineTune = null, bool knowsFaces = true)
        {
            double rate = fineTune switch { null => 0.1, Training.FineTune.None => 0.02, _ => knowsFaces ? 0.005 : 0.02 };
            return optimizer switch { OptimizerKind.Sgd => rate, OptimizerKind.AdamW => rate / 50, _ => rate / 100 };
        }

        /// <summary>Weight decay where none is given.</summary>
        internal static float DefaultWeightDecay(OptimizerKind optimizer) => optimizer == OptimizerKind.AdamW ? 0.05f : 5e-4f;

        /// <summary>The options with a value wherever null stood for one that depends on what is trained.</summary>
        /// <param name="fineTune">What is trained of a network that was trained before; null is a network from scratch.</param>
        /// <param name="knowsFaces">True where that network is a model of this project.</param>
        internal Options Resolve(FineTune? fineTune, bool knowsFaces = true) => this with
        {
            FineTune = fineTune,
            Epoch = Epoch ?? (TimeBudget is null ? DefaultEpochs : null),
            LearningRate = LearningRate ?? DefaultLearningRate(Optimizer, fineTune, knowsFaces),
            WeightDecay = WeightDecay ?? DefaultWeightDecay(Optimizer),
            ProgressiveResizing = ResizingShare,
            SoftTargets = SoftTargets ?? 1,
        };

        /// <summary>The optimizer of one training.</summary>
        internal Optimizer CreateOptimizer()
        {
            float decay = WeightDecay ?? DefaultWeightDecay(Optimizer);
            return Optimizer switch
            {
                OptimizerKind.Sgd => new Sgd(weightDecay: decay),
                OptimizerKind.Adam => new Adam(weightDecay: decay),
                OptimizerKind.AdamW => new AdamW(weightDecay: decay),
                OptimizerKind.Nadam => new Nadam(weightDecay: decay),
                _ => throw new FerUsageException($"There is no optimizer {Optimizer}."),
            };
        }

        /// <summary>Fails where a value makes no sense, before any work is done.</summary>
        /// <exception cref="FerUsageException">It does; the message names the option.</exception>
        internal void Check()
        {
            foreach (var option in TrainingOption.All) option.Check(this);
            if (ProgressiveResizing > 0 && ProgressiveSide > InputSide)
                throw new FerUsageException($"ProgressiveSide is 8 … {InputSide} pixels, not {ProgressiveSide}.");
            if (CheckpointInterval <= TimeSpan.Zero)
                throw new FerUsageException($"CheckpointInterval is above 0, not {CheckpointInterval}.");
            if (Resume && WorkspacePath is null) throw new FerUsageException("Resume needs a WorkspacePath, where the checkpoint is.");
            Augmentation.Check();
            // The architecture checks its own values, and an optimizer that does not exist shows when it is made.
            CreateOptimizer();
            StartingNetwork.Check(this);
            if (ProgressiveResizing > 0) CheckResizing();
        }

        /// <summary>Progressive resizing as it is planned.</summary>
        internal ResizingSchedule Resizing() => new(ResizingShare, ProgressiveSide, InputSide);

        /// <summary>All that shaped the weights, by name, in a fixed order: what a model's manifest says of its training.</summary>
        internal IEnumerable<(string Name, string Value)> Texts() => TrainingOption.All.SelectMany(o => o.Texts(this));

        /// <summary>
        /// What makes this training the one it is: two runs of the same identity on the same data, with the same thread count and vector
        /// width, go through the same weights.
        /// </summary>
        internal IEnumerable<(string Name, string Value)> Identity() =>
            TrainingOption.All.Where(o => o.IsIdentity).SelectMany(o => o.Texts(this));

        private void CheckResizing()
        {
            if (FineTune is not null || !Networks.Architectures.IsKnown(Arch))
                throw new FerUsageException("ProgressiveResizing is for networks from scratch. Set it to 0.");
            var network = Networks.Architectures.Create(Arch, 2, StartingNetwork.ArchitectureOf(this));
            foreach (int side in Resizing().AllSides)
            {
                try
                {
                    network.AtInput(network.Input with { Height = side, Width = side });
                }
                catch (FerException e)
                {
                    throw new FerUsageException(
                        $"ProgressiveResizing: {Arch} cannot take faces of {side}x{side} pixels ({e.Message.TrimEnd('.')}). " +
                        "Set it to 0, or take another architecture.");
                }
            }
        }
    }
}
