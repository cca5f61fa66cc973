using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Reports;
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
        nameof(ImageClassificationTrainer.Options.Threads), nameof(ImageClassificationTrainer.Options.Winograd),
        nameof(ImageClassificationTrainer.Options.Device));
    private readonly Option<bool> _direct = EngineOptions.Direct();
    private readonly DeviceOptions _device = new();
    private readonly Option<string?> _backbones = BackboneOptions.Folder();
    private readonly InferenceOptions _inference = new();
    private readonly Option<string?> _resume = ResumedRun.ResumeOption();
    private readonly Option<bool> _jsonLines = JsonLinesTrialView.Flag();

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
    [
        _minutes, .. _training.All, _direct, .. _device.All, _backbones, .. _data.All, .. _run.All, .. _inference.All, _resume, _jsonLines,
    ];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string? resume = result.GetValue(_resume);
        bool jsonLines = result.GetValue(_jsonLines);
        RunLock? stopped = null;
        var (shown, typed) = (host, result);
        if (resume is not null) (result, host, stopped) = ResumedRun.Parse(result, host, resume, [_jsonLines.Name, .. _device.Names]);
        using var held = stopped ?? _run.Claim(result, host);
        string path = held.Folder;
        long seed = _run.Seed(result);
        _device.Check(_device.Of(typed, result), shown);
        var dataset = _data.Load(result, host, seed);
        var options = _device.Apply(_device.Of(typed, result), shown, OptionsOf(result, host, seed));
        var run = new FaceTrainingRun(dataset, options, _inference.Apply(result, new FaceRunOptions
        {
            Folder = path,
            Title = $"Training {Path.GetFileName(path)}",
            Resume = resume is not null,
            Overwrite = _run.Overwrites(result),
            Lock = held,
            SvgFolder = _run.Svg(result, host),
            ReportFaces = _run.Faces(result),
            Command = TypedCommand.Of(result, host),
            Record = ResumedRun.RecordOf(result, host),
            Start = host.Start,
            Clock = host.Time,
        }));
        var view = TrialView.Create(shown, jsonLines, "training");
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
        {
            string how = $"{shown.Invocation} {Name} --resume {shown.Shorten(path)}";
            if (view is JsonLinesTrialView paused) paused.Event("paused", json => json.WriteString("resume", how));
            else shown.Error.WriteLine($"Resume it with: {how}");
        }
        if (view is JsonLinesTrialView lines)
        {
            Finish(lines, shown, done);
            lines.Check(shown.Shorten(done.ModelPath));
        }
        else Report(shown, done, dataset.IsSample);
        return training.Outcome switch
        {
            TrainingOutcome.Cancelled => ExitCode.Cancelled,
            TrainingOutcome.Diverged => ExitCode.Failed,
            _ => ExitCode.Done,
        };
    }

    private static void Report(CommandHost host, FaceRunResult done, bool isSample)
    {
        var training = done.Training;
        int epochs = training.History.Count;
        if (training.Start is { } start)
        {
            host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"The model is the one that training began with: {start.Accuracy:F4} on the validation split, which none of " +
                $"{NumberText.Count(epochs, "epoch")} reached. A smaller --learning-rate moves it less."));
        }
        RunSummary.Write(host, done, training.Start is null ? $"epoch {training.BestEpoch} of {epochs}" : "the start", !isSample);
        if (epochs == 0) return;
        double busy = training.History.Average(m => m.EngineShare);
        host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Engine busy {100 * busy:F1} % of the training time."));
    }

    private static void Finish(JsonLinesTrialView lines, CommandHost host, FaceRunResult done) => lines.Event("finished", json =>
    {
        json.WriteNumber("validationAccuracy", done.Metrics.Accuracy);
        json.WriteNumber("validationMacroF1", done.Metrics.MacroF1);
        json.WriteString("outcome", done.Training.Outcome.ToString());
        json.WriteNumber("bestEpoch", done.Training.BestEpoch);
        json.WriteNumber("epochs", done.Training.History.Count);
        json.WriteString("model", host.Shorten(done.ModelPath));
        json.WriteString("report", host.Shorten(done.ReportPath));
    });

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
