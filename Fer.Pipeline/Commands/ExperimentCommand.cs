using System.CommandLine;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>The main job: compares settings under a wall-clock budget and leaves the best model.</summary>
internal sealed class ExperimentCommand : ICommand
{
    private const double UsualMinutes = 60, DemonstrationMinutes = 2;

    /// <summary>Time after a first Ctrl+C in a terminal in which a second one is waited for.</summary>
    private static readonly TimeSpan SecondThoughts = TimeSpan.FromSeconds(2);

    private readonly DataOptions _data = new();
    private readonly RunOptions _run = new("experiment");
    private readonly InferenceOptions _inference = new();
    private readonly Option<double?> _minutes =
        Values.Number("--minutes", "Wall-clock budget, saving and reporting included; 60 where not given, and 2 without any data", 0,
            60 * 24 * 30, "MINUTES", above: true);
    private readonly Option<int?> _models =
        Values.Whole("--max-models", "Most settings to compare in short trials", 1, 1000, BudgetPlan.MostTrials);
    private readonly Option<string?> _tuner =
        Values.Choice("--tuner", "What proposes settings", Enum.GetNames<TunerKind>(), nameof(TunerKind.SuccessiveHalving))!;
    private readonly Option<string[]?> _architectures = Architecture();
    private readonly Option<string?> _backbones = BackboneOptions.Folder();
    private readonly DeviceOptions _device = new();
    private readonly Option<double?> _width =
        Values.Number("--width", "What every layer's channels are multiplied by; by the time there is where not given", 0, 16, above: true);
    private readonly Option<int?> _ensemble =
        Values.Whole("--ensemble", "Final trainings, whose networks are averaged where " +
            "that helps; by the time there is where not given", 1, WidthPlan.MostMembers);
    private readonly Option<double?> _memory =
        Values.Number("--max-memory", "Most memory in megabytes; settings that would take more are left out", 0, 1e9, "MB", above: true);
    private readonly Option<string?> _resume = ResumedRun.ResumeOption();
    private readonly Option<bool> _list =
        Values.Flag("--list", "Lists the experiments in artifacts/, or in --output, and does nothing else");
    private readonly Option<bool> _jsonLines = JsonLinesTrialView.Flag();

    public string Name => "experiment";

    public string Description =>
        "Compares settings in short trials, trains the most promising with what is left of the time, " +
            "and leaves a model zip and a report. Ctrl+C pauses it.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("experiment --minutes 60", "the main job on what is in data/, or on drawn faces where nothing is"),
        ("experiment fer2013.csv.gz --minutes 15 --name first", "leaves artifacts/first/"),
        ("experiment --resume artifacts/first", "continues where it was stopped or killed"),
        ("experiment --scheme three --minutes 30 --seed 7", "happy, sad and neutral only"),
        ("experiment --merge disgust=angry --architectures FerNet", "six classes of your own, one architecture"),
    ];

    public IEnumerable<Argument> Arguments => [_data.Place];

    public IEnumerable<Option> Options =>
    [
        _minutes, .. _data.All, .. _run.All, _models, _tuner, _architectures, _backbones, _width, _ensemble, _memory,
        .. _device.All, .. _inference.All,
        _resume, _list, _jsonLines,
    ];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_list)) return ExperimentList.Write(_run.Parent(result, host), host);
        bool jsonLines = result.GetValue(_jsonLines);
        string? resume = result.GetValue(_resume);
        RunLock? stopped = null;
        var (shown, typed) = (host, result);
        if (resume is not null) (result, host, stopped) = ResumedRun.Parse(result, host, resume, [_jsonLines.Name, .. _device.Names]);
        long seed = _run.Seed(result);
        using var held = stopped ?? _run.Claim(result, host);
        string path = held.Folder;
        _device.Check(_device.Of(typed, result), shown);
        var dataset = _data.Load(result, host, seed);
        bool isDemonstration = dataset.IsSample && result.GetValue(_minutes) is null;
        if (isDemonstration)
        {
            host.Error.WriteLine("So this is a demonstration of two minutes: it shows how an experiment goes, and its model knows drawn " +
                "faces only. With FER2013 it takes an hour; --minutes takes another time.");
        }
        var budget = TimeSpan.FromMinutes(result.GetValue(_minutes) ?? (isDemonstration ? DemonstrationMinutes : UsualMinutes));
        var view = TrialView.Create(shown, jsonLines);
        var settings = Settings(result, host, budget, seed, _device.Of(typed, result));
        var run = new FaceSweepRun(dataset, settings, _inference.Apply(result, new FaceRunOptions
        {
            Folder = path,
            Title = $"Experiment {Path.GetFileName(path)}",
            Resume = resume is not null,
            Overwrite = _run.Overwrites(result),
            Lock = held,
            SvgFolder = _run.Svg(result, host),
            ReportFaces = _run.Faces(result),
            Command = TypedCommand.Of(result, host),
            Record = ResumedRun.RecordOf(result, host),
            Start = host.Start,
            Clock = host.Time,
        }))
        {
            FinishAfterCancel = () => InsistsAsync(host),
        };
        if (view is LiveTrialView live) live.SetHint("s skips the trial, Ctrl+C pauses.");
        if (host.Signals is { } signals) signals.CanPause = true;
        try
        {
            using var keys = new KeyWatcher(host.ReadKey, 's', run.SkipRunningTrial);
            var done = await view.ShowAsync(() => run.RunAsync(view, new RunNotes(view), cancellationToken)).ConfigureAwait(false);
            Report(view, shown, done, dataset.IsSample);
            if (view is JsonLinesTrialView lines) lines.Check(shown.Shorten(done.ModelPath));
            return cancellationToken.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Done;
        }
        catch (InterruptionException)
        {
            ResumedRun.Explain(Name, path, shown);
            throw;
        }
        catch (OperationCanceledException) when (Paused(path) is { } state)
        {
            string how = $"{shown.Invocation} {Name} --resume {shown.Shorten(path)}";
            string after = TrialText.Duration(TimeSpan.FromSeconds(state.ElapsedSeconds));
            if (view is JsonLinesTrialView lines) lines.Event("paused", json => json.WriteString("resume", how));
            else shown.Error.WriteLine($"Paused after {after} of {TrialText.Duration(budget)}. Resume with: {how}");
            return ExitCode.Cancelled;
        }
    }

    private static ExperimentState? Paused(string folder) =>
        ExperimentStore.Read(Path.Combine(folder, ExperimentStore.FileName)) is { Status: ExperimentStatus.Paused } state ? state : null;

    private FaceExperimentOptions Settings(ParseResult result, CommandHost host, TimeSpan budget, long seed, ParseResult device) => new()
    {
        Budget = budget,
        MaxModels = result.GetValue(_models)!.Value,
        Tuner = Enum.Parse<TunerKind>(result.GetRequiredValue(_tuner)!),
        Architectures = result.GetValue(_architectures),
        Width = result.GetValue(_width),
        Ensemble = result.GetValue(_ensemble),
        MaximumMemoryUsageInMegaByte = result.GetValue(_memory),
        BackboneFolder = BackboneOptions.FolderOf(result, _backbones, host),
        Seed = seed,
        Threads = result.GetValue(_run.Threads) ?? 0,
        Device = _device.Device(device),
        TorchLibrary = _device.Library(device, host),
    };

    /// <summary>True where the user, having paused, asks for the best so far.</summary>
    private static async Task<bool> InsistsAsync(CommandHost host)
    {
        if (host.Signals is not { } signals) return false;
        try
        {
            if (host.Terminal is not null) await Task.Delay(SecondThoughts, host.Time, signals.Insists).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        return signals.Insists.IsCancellationRequested;
    }

    private static void Report(ITrialView view, CommandHost host, FaceRunResult done, bool isSample)
    {
        var (metrics, best) = (done.Metrics, done.BestTrial!);
        if (view is JsonLinesTrialView lines)
        {
            lines.Event("finished", json =>
            {
                json.WriteNumber("trial", best.TrialSettings.TrialId + 1);
                json.WriteNumber("validationAccuracy", metrics.Accuracy);
                json.WriteNumber("validationMacroF1", metrics.MacroF1);
                json.WriteString("model", host.Shorten(done.ModelPath));
                json.WriteString("report", host.Shorten(done.ReportPath));
            });
            return;
        }
        string settings = TrialText.Effective(best.TrialSettings.Parameter);
        host.Output.WriteLine($"Best: {TrialText.Title(best.TrialSettings).ToLowerInvariant()}, {settings}");
        RunSummary.Write(host, done, remark: null, knowsPhotographs: !isSample);
    }

    private static Option<string[]?> Architecture()
    {
        const string what = "Architectures to choose from; the project's own and the backbones that are there where not given";
        var option = Values.Choices("--architectures", what, [.. Architectures.Names]);
        option.DefaultValueFactory = null;
        return option!;
    }
}
