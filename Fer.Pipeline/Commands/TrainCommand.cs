using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Trains one setup.</summary>
internal sealed class TrainCommand : ICommand
{
    private static readonly ImageClassificationTrainer.Options Defaults = new();

    private readonly DataOptions _data = new();
    private readonly RunOptions _run = new("train");
    private readonly Option<string?> _arch = Values.Text("--arch",
        $"What is trained: {string.Join(", ", Architectures.Names)} from scratch (FerNet where not given), a backbone's name, or a model.zip or ONNX file to go on from", "NAME|FILE");
    private readonly Option<string?> _fineTune = Values.Choice("--fine-tune",
        "What learns of a network that has learnt before: a new head alone, also the layers on the smallest maps, or all. Where not given: all of a model.zip, none of an ONNX backbone", ["none", "last-stage", "all"])!;
    private readonly Option<double?> _headRate = Values.Number("--head-learning-rate", "In fine-tuning, the head's peak learning rate; --learning-rate where not given", 0, 100, above: true);
    private readonly Option<double?> _stageFactor = Values.Number("--stage-factor", "In fine-tuning, what the learning rate is multiplied by from stage to stage towards the pixels", 0, 1, @default: Defaults.StageLearningRateFactor, above: true);
    private readonly Option<double?> _frozenNormalization = Values.Number("--frozen-batch-norm", "In fine-tuning, the first share of the run that keeps the old statistics of batch normalisation", 0, 1, @default: Defaults.FrozenBatchNormalization);
    private readonly Option<int?> _resizeTo = Values.Whole("--resize-to", "Side that faces are resized to inside the network; an ONNX backbone's own where not given", 8, 512);
    private readonly Option<string?> _backbones = BackboneOptions.Folder();
    private readonly Option<double?> _width = Values.Number("--width", "What every layer's channels are multiplied by", 0, 16, @default: Defaults.Width, above: true);
    private readonly Option<int?> _epochs = Values.Whole("--epochs", "Passes over the data (20 where neither this nor --minutes is given)", 1, 1_000_000);
    private readonly Option<double?> _minutes = Values.Number("--minutes", "Wall-clock budget instead of, or on top of, --epochs", 0, 60 * 24 * 30, "MINUTES", above: true);
    private readonly Option<int?> _batch = Values.Whole("--batch-size", "Faces a batch", 1, 8192, Defaults.BatchSize);
    private readonly Option<double?> _rate = Values.Number("--learning-rate", "Peak learning rate; where not given 0.1, in fine-tuning 0.005, of a head alone 0.02, with Adam, AdamW and Nadam a hundredth of that", 0, 100, above: true);
    private readonly Option<string?> _optimizer = Values.Choice("--optimizer", "What steps the weights", Enum.GetNames<OptimizerKind>(), nameof(OptimizerKind.Sgd))!;
    private readonly Option<double?> _augmentation = Values.Number("--augmentation", "Strength of augmentation; 0 is none", 0, 4, @default: 1);
    private readonly Option<double?> _smoothing = Values.Number("--label-smoothing", "Share of each target spread over all classes", 0, 0.9, @default: 0.1);
    private readonly Option<double?> _dropout = Values.Number("--dropout", "Dropout before the last layer", 0, 0.95, @default: 0.3);
    private readonly Option<double?> _decay = Values.Number("--weight-decay", "Weight decay, on weights only", 0, 1, @default: 0.0005);
    private readonly Option<double?> _mixup = Values.Number("--mixup", "Alpha of mixup; 0 is none", 0, 10, @default: 0);
    private readonly Option<int?> _patience = Values.Whole("--patience", "Stops after so many epochs without progress; never where not given", 1, 1_000_000);

    private readonly Option<int?> _side = Values.Whole("--input-side", "Width and height of the network's input in pixels, the middle of the face", 8, Face.Side, Defaults.InputSide);
    private readonly Option<string?> _schedule = Values.Choice("--schedule", "How the learning rate changes over the run", Enum.GetNames<LearningRateSchedule>(), nameof(LearningRateSchedule.Cosine))!;
    private readonly Option<double?> _average = Values.Number("--ema", "Decay of the averaged weights that are validated and kept; 0 is no average", 0, 0.99999, @default: 0.999);
    private readonly Option<double?> _progressive = Values.Number("--progressive", "Share of the run that begins on smaller pictures of the faces; 0 is none", 0, 0.95, "SHARE", 0);
    private readonly Option<int?> _progressiveSide = Values.Whole("--progressive-side", "Side of the first of those in pixels; it grows by 8", 8, Face.Side, Defaults.ProgressiveSide);
    private readonly Option<double?> _soft = Values.Number("--soft-targets", "Share of FER+'s votes in the targets, where --fer-plus joins them to other labels", 0, 1, "SHARE", 0.4);
    private readonly Option<string?> _teacher = Values.Text("--teacher", "A model.zip whose probabilities become part of the targets (knowledge distillation)", "FILE");
    private readonly Option<double?> _teacherShare = Values.Number("--teacher-share", "The teacher's share of the targets", 0, 1, "SHARE", 0.5, above: true);
    private readonly InferenceOptions _serving = new();
    private readonly Option<string?> _resume = RunRecord.ResumeOption();

    private readonly Option<bool> _direct = EngineOptions.Direct();

    public string Name => "train";

    public string Description => "Trains one setup and leaves a model zip and a report. The same seed and epochs give the same weights.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("train --epochs 20", "the recipe's network for 20 epochs"),
        ("train --data fer2013.csv --arch FerNet --width 1.5 --minutes 40", "a wider network for as many epochs as fit"),
        ("train --resume artifacts/train", "goes on where a stopped run was, to the same weights"),
        ("train --arch ThreeConvolutionCnn --optimizer Adam --epochs 30 --patience 5", "the plain baseline with early stopping"),
        ("train --arch artifacts/first/model.zip --scheme three --epochs 5", "goes on from a model, with other classes"),
        ("train --width 0.5 --teacher artifacts/fer-seven.zip", "a small network that learns what a larger one says, too"),
        ("train --arch ResnetV250 --fine-tune none --data my-faces", "a new head on a backbone added with 'backbone add', on a folder of your own faces"),
    ];

    public IEnumerable<Option> Options =>
    [
        _arch, _fineTune, _epochs, _minutes, .. _data.All, .. _run.All, _width, _batch, _rate, _headRate, _stageFactor, _frozenNormalization, _resizeTo, _backbones,
        _optimizer, _augmentation, _smoothing, _dropout, _decay, _mixup,
        _side, _schedule, _average, _progressive, _progressiveSide, _soft, _teacher, _teacherShare, .. _serving.All, _patience, _direct, _resume,
    ];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string? path = null, resume = result.GetValue(_resume);
        if (resume is not null) (result, host, path) = RunRecord.Resume(result, host, resume);
        long seed = _run.Seed(result);
        path ??= _run.Folder(result, host);
        string checkpoints = Path.Combine(path, RunRecord.CheckpointFolder);
        var options = OptionsOf(result, host, seed) with { WorkspacePath = checkpoints, Resume = resume is not null };
        var dataset = _data.Load(result, host, seed);
        if (dataset.Training.HasSoftTargets && !dataset.HasVotesAsLabels) options = options with { SoftTargets = (float)result.GetValue(_soft)!.Value };
        if (dataset.Training.Count == 0) throw new FerException($"{dataset.Source}: there are no Training faces to learn from.");
        if (dataset.Validation.Count == 0) throw new FerException($"{dataset.Source}: there are no PublicTest faces to choose the best epoch on.");
        var teacher = options.Teacher is { } zip ? Teacher.Load(zip, dataset.Scheme.ClassNames) : null;
        var folder = new RunFolder(path, dataset, $"Training {Path.GetFileName(path)}", TypedCommand.Of(result), _serving.Limits(result), host.Time) { Svg = _run.Svg(result, host), Teacher = teacher };
        foreach (string? source in (string?[])[options.Arch, options.Teacher])
        {
            // A stop would put the half-trained model in the place of what the run goes on from.
            if (source is not null && Path.GetFullPath(source) == Path.GetFullPath(folder.Model))
                throw new FerUsageException($"{host.Shorten(source)} is what this run would write. Give the run another --name.");
        }
        var run = new SingleTraining(folder, dataset, options, host);
        run.Rehearse();
        if (resume is null)
        {
            // What an earlier run of this name left would not belong to this one.
            RunRecord.Delete(path);
            RunRecord.Save(path, RunRecord.Of(result, host));
        }
        var training = await run.RunAsync(result.GetValue(_minutes), host.Start, cancellationToken).ConfigureAwait(false);
        if (training is null)
        {
            RunRecord.Delete(path);
            throw new FerException(SingleTraining.NoModel);
        }
        (var metrics, training) = run.Finish(training);
        if (training.Outcome == TrainingOutcome.Cancelled) host.Error.WriteLine($"Go on with: fer {Name} --resume {host.Shorten(path)}");
        else RunRecord.Delete(path);
        string epoch = training.Start is null ? $"epoch {training.BestEpoch} of {training.History.Count}" : $"the start; none of {training.History.Count} epochs did better";
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Validation accuracy {metrics.Accuracy:F4}, macro F1 {metrics.MacroF1:F4} ({epoch}), after {TrialText.Duration(host.Time.GetElapsedTime(host.Start))}"));
        if (training.History.Count > 0)
            host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Engine busy {training.History.Average(m => m.EngineShare):P1} of the training time"));
        foreach (string file in (string[])[folder.Model, folder.Report]) host.Output.WriteLine($"  {host.Shorten(file)}");
        return training.Outcome switch
        {
            TrainingOutcome.Cancelled => ExitCode.Cancelled,
            TrainingOutcome.Diverged => ExitCode.Failed,
            _ => ExitCode.Done,
        };
    }

    private ImageClassificationTrainer.Options OptionsOf(ParseResult result, CommandHost host, long seed)
    {
        var optimizer = Enum.Parse<OptimizerKind>(result.GetRequiredValue(_optimizer)!);
        bool timed = result.GetValue(_minutes) is not null;
        string arch = result.GetValue(_arch) ?? Defaults.Arch;
        // A file is told from a name by being there, or by looking like one.
        if (!Architectures.IsKnown(arch) && (File.Exists(host.Resolve(arch)) || arch.IndexOfAny(['/', '\\', '.']) >= 0)) arch = host.Resolve(arch);
        FineTune? fineTune = result.GetValue(_fineTune) switch { "none" => FineTune.None, "last-stage" => FineTune.LastStage, "all" => FineTune.All, _ => null };
        bool fromScratch = fineTune is null && Architectures.IsKnown(arch);
        double rate = (fromScratch ? 0.1 : fineTune == FineTune.None ? 0.02 : 0.005) * (optimizer == OptimizerKind.Sgd ? 1 : 0.01);
        return Defaults with
        {
            Arch = arch,
            FineTune = fineTune,
            ResizeTo = result.GetValue(_resizeTo),
            BackboneFolder = BackboneOptions.FolderOf(result, _backbones, host),
            HeadLearningRate = result.GetValue(_headRate),
            StageLearningRateFactor = result.GetValue(_stageFactor)!.Value,
            FrozenBatchNormalization = result.GetValue(_frozenNormalization)!.Value,
            // Beside the runs' folders, so that they share what they have in common.
            BottleneckFolder = Path.Combine(Path.GetDirectoryName(_run.Folder(result, host))!, "bottleneck"),
            Width = result.GetValue(_width)!.Value,
            Epoch = result.GetValue(_epochs) ?? (timed ? null : 20),
            BatchSize = result.GetValue(_batch)!.Value,
            LearningRate = result.GetValue(_rate) ?? rate,
            Optimizer = optimizer,
            Augmentation = FaceAugmentation.Standard.Scaled(result.GetValue(_augmentation)!.Value),
            LabelSmoothing = (float)result.GetValue(_smoothing)!.Value,
            Dropout = (float)result.GetValue(_dropout)!.Value,
            WeightDecay = (float)result.GetValue(_decay)!.Value,
            Mixup = result.GetValue(_mixup)!.Value,
            InputSide = result.GetValue(_side)!.Value,
            LearningRateScheduler = Enum.Parse<LearningRateSchedule>(result.GetRequiredValue(_schedule)!).Create(),
            ExponentialMovingAverage = (float)result.GetValue(_average)!.Value,
            ProgressiveResizing = result.GetValue(_progressive)!.Value,
            ProgressiveSide = result.GetValue(_progressiveSide)!.Value,
            Teacher = result.GetValue(_teacher) is { } teacher ? host.Resolve(teacher) : null,
            TeacherShare = (float)result.GetValue(_teacherShare)!.Value,
            EarlyStoppingCriteria = result.GetValue(_patience) is { } patience ? new EarlyStopping { Patience = patience } : null,
            Seed = seed,
            Threads = result.GetValue(_run.Threads) ?? 0,
            Winograd = !result.GetValue(_direct),
        };
    }
}
