using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Trains one setup.</summary>
internal sealed class TrainCommand : ICommand
{
    private readonly DataOptions _data = new();
    private readonly RunOptions _run = new("train");
    private readonly Option<double?> _minutes =
        Values.Number("--minutes", "Wall-clock budget instead of, or on top of, --epochs", 0, 60 * 24 * 30, "MINUTES", above: true);
    private readonly TrainingLineOptions _training = new(
        nameof(ImageClassificationTrainer.Options.TimeBudget), nameof(ImageClassificationTrainer.Options.Seed),
        nameof(ImageClassificationTrainer.Options.Threads), nameof(ImageClassificationTrainer.Options.Winograd));
    private readonly Option<bool> _direct = EngineOptions.Direct();
    private readonly Option<string?> _backbones = BackboneOptions.Folder();
    private readonly InferenceOptions _inference = new();
    private readonly Option<string?> _resume = ResumedRun.ResumeOption();

    public string Name => "train";

    public string Description =>
        "Trains one setup and leaves a model zip and a report. The same seed, epochs and threads give the same weights on processors of " +
        "one vector width.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("train --epochs 20", "the recipe's network for 20 epochs"),
        ("train --data fer2013.csv --arch FerNet --width 1.5 --minutes 40", "a wider network for as many epochs as fit"),
        ("train --resume artifacts/train", "continues a stopped run, to the same weights"),
        ("train --arch ThreeConvolutionCnn --optimizer Adam --epochs 30 --patience 5", "the plain baseline with early stopping"),
        ("train --arch artifacts/first/model.zip --scheme three --epochs 5", "fine-tunes a model, with other classes"),
        ("train --width 0.5 --teacher artifacts/fer-seven.zip", "a small network that learns what a larger one says, too"),
        ("train --arch ResnetV250 --fine-tune none --data my-faces",
            "a new head on a backbone added with 'backbone add', on a folder of your own faces"),
    ];

    public IEnumerable<Option> Options =>
        [_minutes, .. _training.All, _direct, _backbones, .. _data.All, .. _run.All, .. _inference.All, _resume];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string? resume = result.GetValue(_resume);
        RunLock? stopped = null;
        var shown = host;
        if (resume is not null) (result, host, stopped) = ResumedRun.Parse(result, host, resume);
        using var held = stopped ?? _run.Claim(result, host);
        string path = held.Folder;
        long seed = _run.Seed(result);
        var dataset = _data.Load(result, host, seed);
        var run = new FaceTrainingRun(dataset, OptionsOf(result, host, seed), _inference.Apply(result, new FaceRunOptions
        {
            Folder = path,
            Title = $"Training {Path.GetFileName(path)}",
            Resume = resume is not null,
            Overwrite = _run.Overwrites(result),
            Lock = held,
            SvgFolder = _run.Svg(result, host),
            Command = TypedCommand.Of(result, host),
            Record = ResumedRun.RecordOf(result, host),
            Start = host.Start,
            Clock = host.Time,
        }));
        var view = TrialView.Create(shown);
        FaceRunResult done;
        try
        {
            done = await view.ShowAsync(() => run.RunAsync(view, new RunNotes(view), cancellationToken)).ConfigureAwait(false);
        }
        catch (InterruptionException)
        {
            ResumedRun.Explain(Name, path, shown);
            throw;
        }
        var training = done.Training;
        if (training.Outcome == TrainingOutcome.Cancelled)
            shown.Error.WriteLine($"Resume it with: {shown.Invocation} {Name} --resume {shown.Shorten(path)}");
        int epochs = training.History.Count;
        string epoch = training.Start is null ? $"epoch {training.BestEpoch} of {epochs}"
            : $"the start; none of {epochs} epochs did better";
        shown.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Validation accuracy {done.Metrics.Accuracy:F4}, macro F1 {done.Metrics.MacroF1:F4} ({epoch}), "
            + $"after {TrialText.Duration(done.Elapsed)}"));
        if (epochs > 0)
        {
            double busy = training.History.Average(m => m.EngineShare);
            shown.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Engine busy {busy:P1} of the training time"));
        }
        foreach (string file in (string[])[done.ModelPath, done.ReportPath]) shown.Output.WriteLine($"  {shown.Shorten(file)}");
        return training.Outcome switch
        {
            TrainingOutcome.Cancelled => ExitCode.Cancelled,
            TrainingOutcome.Diverged => ExitCode.Failed,
            _ => ExitCode.Done,
        };
    }

    private ImageClassificationTrainer.Options OptionsOf(ParseResult result, CommandHost host, long seed)
    {
        var options = _training.Apply(result, new ImageClassificationTrainer.Options());
        string arch = options.Arch;
        // A file is told from a name by being there, or by looking like one.
        bool isFile = !Architectures.IsKnown(arch) && (File.Exists(host.Resolve(arch)) || arch.IndexOfAny(['/', '\\', '.']) >= 0);
        return options with
        {
            Arch = isFile ? host.Resolve(arch) : arch,
            Teacher = options.Teacher is { } teacher ? host.Resolve(teacher) : null,
            BackboneFolder = BackboneOptions.FolderOf(result, _backbones, host),
            TimeBudget = result.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
            Seed = seed,
            Threads = result.GetValue(_run.Threads) ?? 0,
            Winograd = !result.GetValue(_direct),
        };
    }
}
