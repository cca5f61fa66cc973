using System.CommandLine;
using System.Globalization;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Imaging;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Commands;

/// <summary>Trains one setup.</summary>
internal sealed class TrainCommand : ICommand
{
    private static readonly ImageClassificationTrainer.Options Defaults = new();

    private readonly DataOptions _data = new();
    private readonly RunOptions _run = new("train");
    private readonly Option<string?> _arch = Values.Choice("--arch", "The architecture", [.. Architectures.Names], Defaults.Arch)!;
    private readonly Option<double?> _width = Values.Number("--width", "What every layer's channels are multiplied by", 0, 16, @default: Defaults.Width, above: true);
    private readonly Option<int?> _epochs = Values.Whole("--epochs", "Passes over the data (20 where neither this nor --minutes is given)", 1, 1_000_000);
    private readonly Option<double?> _minutes = Values.Number("--minutes", "Wall-clock budget instead of, or on top of, --epochs", 0, 60 * 24 * 30, "MINUTES", above: true);
    private readonly Option<int?> _batch = Values.Whole("--batch-size", "Faces a batch", 1, 8192, Defaults.BatchSize);
    private readonly Option<double?> _rate = Values.Number("--learning-rate", "Peak learning rate; 0.1 where not given, 0.001 for Adam, AdamW and Nadam", 0, 100, above: true);
    private readonly Option<string?> _optimizer = Values.Choice("--optimizer", "What steps the weights", Enum.GetNames<OptimizerKind>(), nameof(OptimizerKind.Sgd))!;
    private readonly Option<double?> _augmentation = Values.Number("--augmentation", "Strength of augmentation; 0 is none", 0, 4, @default: 1);
    private readonly Option<double?> _smoothing = Values.Number("--label-smoothing", "Share of each target spread over all classes", 0, 0.9, @default: 0.1);
    private readonly Option<double?> _dropout = Values.Number("--dropout", "Dropout before the last layer", 0, 0.95, @default: 0.3);
    private readonly Option<double?> _decay = Values.Number("--weight-decay", "Weight decay, on weights only", 0, 1, @default: 0.0005);
    private readonly Option<double?> _mixup = Values.Number("--mixup", "Alpha of mixup; 0 is none", 0, 10, @default: 0);
    private readonly Option<int?> _patience = Values.Whole("--patience", "Stops after so many epochs without progress; never where not given", 1, 1_000_000);

    private readonly Option<bool> _direct = EngineOptions.Direct();

    public string Name => "train";

    public string Description => "Trains one setup and leaves a model zip and a report. The same seed and epochs give the same weights.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("train --epochs 20", "the recipe's network for 20 epochs"),
        ("train --data fer2013.csv --arch FerNet --width 1.5 --minutes 40", "a wider network for as many epochs as fit"),
        ("train --arch ThreeConvolutionCnn --optimizer Adam --epochs 30 --patience 5", "the plain baseline with early stopping"),
    ];

    public IEnumerable<Option> Options =>
    [
        _arch, _epochs, _minutes, .. _data.All, .. _run.All, _width, _batch, _rate, _optimizer, _augmentation, _smoothing, _dropout, _decay, _mixup, _patience, _direct,
    ];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        long seed = _run.Seed(result);
        string path = _run.Folder(result, host);
        var options = OptionsOf(result, seed);
        var dataset = _data.Load(result, host, seed);
        if (dataset.Training.Count == 0) throw new FerException($"{dataset.Source}: there are no Training faces to learn from.");
        if (dataset.Validation.Count == 0) throw new FerException($"{dataset.Source}: there are no PublicTest faces to choose the best epoch on.");
        var folder = new RunFolder(path, dataset, $"Training {Path.GetFileName(path)}", CommandText.Of(result));
        var finish = Rehearse(folder, dataset, options, host);
        if (result.GetValue(_minutes) is { } minutes)
        {
            var left = TimeSpan.FromMinutes(minutes) - host.Time.GetElapsedTime(host.Start);
            if (left <= TimeSpan.Zero) throw new FerException($"Reading the data alone took longer than {minutes} minutes. Give more.");
            options = options with { TimeBudget = BudgetPlan.Create(left, finish, TimeSpan.FromSeconds(1), maxTrials: 0).Final };
        }

        var view = TrialView.Create(host);
        if (options.TimeBudget is { } budget) view.SetEnd(budget + finish);
        var training = await view.ShowAsync(() => Task.Run(() => Train(options, dataset, view, cancellationToken), CancellationToken.None)).ConfigureAwait(false);
        if (training.Outcome == TrainingOutcome.Diverged)
            host.Error.WriteLine("The training diverged: the loss is not a number. A smaller --learning-rate helps." + (training.BestEpoch > 0 ? $" The weights of epoch {training.BestEpoch} are kept." : ""));
        if (training.BestEpoch == 0 && (training.Outcome == TrainingOutcome.Diverged || training.Steps == 0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new FerException("The training ended before its first epoch did, so there is no model to save.");
        }
        var metrics = folder.Finish(training, options, [], rehearsal: false);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Validation accuracy {metrics.Accuracy:F4}, macro F1 {metrics.MacroF1:F4} (epoch {training.BestEpoch} of {training.History.Count}), after {TrialText.Duration(host.Time.GetElapsedTime(host.Start))}"));
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

    private ImageClassificationTrainer.Options OptionsOf(ParseResult result, long seed)
    {
        var optimizer = Enum.Parse<OptimizerKind>(result.GetRequiredValue(_optimizer)!);
        bool timed = result.GetValue(_minutes) is not null;
        return Defaults with
        {
            Arch = result.GetRequiredValue(_arch)!,
            Width = result.GetValue(_width)!.Value,
            Epoch = result.GetValue(_epochs) ?? (timed ? null : 20),
            BatchSize = result.GetValue(_batch)!.Value,
            LearningRate = result.GetValue(_rate) ?? (optimizer == OptimizerKind.Sgd ? 0.1 : 0.001),
            Optimizer = optimizer,
            Augmentation = FaceAugmentation.Standard.Scaled(result.GetValue(_augmentation)!.Value),
            LabelSmoothing = (float)result.GetValue(_smoothing)!.Value,
            Dropout = (float)result.GetValue(_dropout)!.Value,
            WeightDecay = (float)result.GetValue(_decay)!.Value,
            Mixup = result.GetValue(_mixup)!.Value,
            EarlyStoppingCriteria = result.GetValue(_patience) is { } patience ? new EarlyStopping { Patience = patience } : null,
            Seed = seed,
            Threads = result.GetValue(_run.Threads) ?? 0,
            Winograd = !result.GetValue(_direct),
        };
    }

    /// <summary>Goes through scoring and saving once with an untrained network: an unwritable folder shows before the training, and the time is known.</summary>
    internal static TimeSpan Rehearse(RunFolder folder, FaceDataset dataset, ImageClassificationTrainer.Options options, CommandHost host)
    {
        long start = host.Time.GetTimestamp();
        var network = Architectures.Create(options.Arch, dataset.Scheme.ClassNames.Count,
            new ArchitectureOptions { InputSide = options.InputSide, Width = options.Width, Dropout = options.Dropout });
        network.Initialize(options.Seed);
        folder.Finish(new TrainingResult(network, TrainingOutcome.Cancelled, [], 0, 0, TimeSpan.Zero), options, [], rehearsal: true);
        return host.Time.GetElapsedTime(start);
    }

    internal static TrainingResult Train(ImageClassificationTrainer.Options options, FaceDataset dataset, ITrialView view, CancellationToken cancellationToken)
    {
        var settings = new TrialSettings
        {
            TrialId = 0,
            Phase = TrialPhase.Final,
            Seed = options.Seed,
            TimeLimit = options.TimeBudget ?? Timeout.InfiniteTimeSpan,
            Parameter = new Parameter([
                new(nameof(options.Arch), options.Arch), new(nameof(options.Width), options.Width), new(nameof(options.BatchSize), options.BatchSize),
                new(nameof(options.Optimizer), options.Optimizer), new(nameof(options.LearningRate), options.LearningRate),
            ]),
        };
        view.ReportRunningTrial(settings);
        var progress = new TrialProgressReporter(0, view);
        var result = new ImageClassificationTrainer(options with { MetricsCallback = progress.Epoch, ProgressCallback = progress.Batch })
            .Fit(dataset.Training, dataset.Validation, cancellationToken);
        if (result.Best is { } best)
        {
            view.ReportCompletedTrial(new TrialResult
            {
                TrialSettings = settings,
                Metric = best.ValidationAccuracy ?? double.NaN,
                Loss = best.ValidationLoss ?? double.NaN,
                Duration = result.Elapsed,
                Epochs = progress.EpochsDone,
            });
        }
        return result;
    }
}
