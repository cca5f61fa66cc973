using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>The main job: compares settings under a wall-clock budget and leaves the best model.</summary>
internal sealed class ExperimentCommand : ICommand
{
    /// <summary>Time after a first Ctrl+C in a terminal in which a second one is waited for.</summary>
    private static readonly TimeSpan SecondThoughts = TimeSpan.FromSeconds(2);

    private readonly DataOptions _data = new();
    private readonly RunOptions _run = new("experiment");
    private readonly InferenceOptions _serving = new();
    private readonly Option<double?> _minutes = Values.Number("--minutes", "Wall-clock budget, saving and reporting included", 0, 60 * 24 * 30, "MINUTES", 60, above: true);
    private readonly Option<int?> _models = Values.Whole("--max-models", "Most settings to compare in short trials", 1, 1000, BudgetPlan.MostTrials);
    private readonly Option<string?> _tuner = Values.Choice("--tuner", "What proposes settings", Enum.GetNames<TunerKind>(), nameof(TunerKind.SuccessiveHalving))!;
    private readonly Option<string[]?> _architectures = Architecture();
    private readonly Option<string?> _backbones = BackboneOptions.Folder();
    private readonly Option<double?> _width = Values.Number("--width", "What every layer's channels are multiplied by; by the time there is where not given", 0, 16, above: true);
    private readonly Option<int?> _ensemble = Values.Whole("--ensemble", "Final trainings, whose networks answer together where that helps; by the time there is where not given", 1, WidthPlan.MostMembers);
    private readonly Option<double?> _memory = Values.Number("--max-memory", "Most memory in megabytes; settings that would take more are left out", 0, 1e9, "MB", above: true);
    private readonly Option<string?> _resume = RunRecord.ResumeOption();
    private readonly Option<bool> _list = Values.Flag("--list", "Lists the experiments in artifacts/, or in --output, and does nothing else");
    private readonly Option<bool> _jsonLines = Values.Flag("--json-lines", "Tells what happens as one JSON object a line, and nothing else, on the output");

    public string Name => "experiment";

    public string Description => "Compares settings in short trials, trains the most promising with what is left of the time, and leaves a model zip and a report. Ctrl+C pauses it.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("experiment --minutes 60", "the main job on what is in data/, or on drawn faces where nothing is"),
        ("experiment --data fer2013.csv.gz --minutes 15 --name first", "leaves artifacts/first/"),
        ("experiment --resume artifacts/first", "goes on where it was stopped or killed"),
        ("experiment --scheme three --minutes 30 --seed 7", "happy, sad and neutral only"),
        ("experiment --merge disgust=angry --architectures FerNet", "six classes of your own, one architecture"),
    ];

    public IEnumerable<Option> Options =>
        [_minutes, .. _data.All, .. _run.All, _models, _tuner, _architectures, _backbones, _width, _ensemble, _memory, .. _serving.All, _resume, _list, _jsonLines];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_list)) return ExperimentList.Write(_run.Parent(result, host), host);
        bool jsonLines = result.GetValue(_jsonLines);
        string? path = null, resume = result.GetValue(_resume);
        var shown = host;
        if (resume is not null) (result, host, path) = RunRecord.Resume(result, host, resume, _jsonLines.Name);
        if (resume is null) jsonLines |= result.GetValue(_jsonLines);
        var budget = TimeSpan.FromMinutes(result.GetValue(_minutes)!.Value);
        long seed = _run.Seed(result);
        path ??= _run.Folder(result, host);
        var dataset = _data.Load(result, host, seed);
        var limits = _serving.Limits(result);
        // Who asks for so many networks takes their size.
        if (result.GetValue(_ensemble) > 1) limits = limits with { MaxBytes = long.MaxValue };
        var folder = new RunFolder(path, dataset, $"Experiment {Path.GetFileName(path)}", TypedCommand.Of(result), limits, host.Time) { Svg = _run.Svg(result, host) };
        if (resume is null)
        {
            // What an earlier run of this name left would not belong to this one.
            RunRecord.Delete(path, ExperimentStore.FileName);
            RunRecord.Save(path, RunRecord.Of(result, host));
        }
        var view = TrialView.Create(host, jsonLines);
        var reports = new TrialReportCollector();
        using var log = new TrialLog(folder.Trials, append: resume is not null);
        FaceClassificationMetrics? metrics = null;
        var used = ExperimentStore.Read(Path.Combine(path, ExperimentStore.FileName))?.ElapsedSeconds ?? 0;
        var experiment = new FaceExperiment(dataset, Settings(result, host, budget, seed, path))
        {
            PlanCallback = plan => view.Note(PlanText(plan)),
            FinishAfterCancel = () => InsistsAsync(host),
        };
        view.SetEnd(budget - TimeSpan.FromSeconds(used) - host.Time.GetElapsedTime(host.Start));
        if (view is LiveTrialView live) live.SetHint("s skips the trial, Ctrl+C pauses.");
        if (host.Signals is { } signals) signals.CanPause = true;
        try
        {
            using var keys = new KeyWatcher(host.ReadKey, 's', experiment.SkipRunningTrial);
            var best = await view.ShowAsync(() => experiment.RunAsync(
                new MonitorGroup(log, reports, view),
                end => metrics = folder.Finish(end, reports.Trials),
                cancellationToken)).ConfigureAwait(false);
            RunRecord.Delete(path);
            Report(view, shown, folder, best, metrics!);
            return cancellationToken.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Done;
        }
        catch (OperationCanceledException) when (ExperimentStore.Read(Path.Combine(path, ExperimentStore.FileName)) is { Status: ExperimentStatus.Paused } state)
        {
            string how = $"fer {Name} --resume {shown.Shorten(path)}";
            if (view is JsonLinesTrialView lines) lines.Event("paused", json => json.WriteString("resume", how));
            else shown.Error.WriteLine($"Paused after {TrialText.Duration(TimeSpan.FromSeconds(state.ElapsedSeconds))} of {TrialText.Duration(budget)}. Go on with: {how}");
            return ExitCode.Cancelled;
        }
    }

    private FaceExperimentOptions Settings(ParseResult result, CommandHost host, TimeSpan budget, long seed, string path) => new()
    {
        Budget = budget,
        MaxModels = result.GetValue(_models)!.Value,
        Tuner = Enum.Parse<TunerKind>(result.GetRequiredValue(_tuner)!),
        Architectures = result.GetValue(_architectures),
        Width = result.GetValue(_width),
        Ensemble = result.GetValue(_ensemble),
        MaximumMemoryUsageInMegaByte = result.GetValue(_memory),
        BackboneFolder = BackboneOptions.FolderOf(result, _backbones, host),
        BottleneckFolder = Path.Combine(Path.GetDirectoryName(path)!, "bottleneck"),
        Folder = path,
        Seed = seed,
        Threads = result.GetValue(_run.Threads) ?? 0,
        Start = host.Start,
        Clock = host.Time,
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

    private static void Report(ITrialView view, CommandHost host, RunFolder folder, FaceTrialResult best, FaceClassificationMetrics metrics)
    {
        if (view is JsonLinesTrialView lines)
        {
            lines.Event("finished", json =>
            {
                json.WriteNumber("trial", best.TrialSettings.TrialId + 1);
                json.WriteNumber("validationAccuracy", metrics.Accuracy);
                json.WriteNumber("validationMacroF1", metrics.MacroF1);
                json.WriteString("model", host.Shorten(folder.Model));
                json.WriteString("report", host.Shorten(folder.Report));
            });
            return;
        }
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Best: {best.TrialSettings.Parameter}"));
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Validation accuracy {metrics.Accuracy:F4}, macro F1 {metrics.MacroF1:F4}, after {TrialText.Duration(host.Time.GetElapsedTime(host.Start))}"));
        foreach (string file in (string[])[folder.Model, folder.Trials, folder.Report]) host.Output.WriteLine($"  {host.Shorten(file)}");
    }

    private static string PlanText(BudgetPlan plan)
    {
        string final = plan.Finals == 1 ? $"the best for {TrialText.Duration(plan.Final)}" : $"{plan.Finals} networks of the best for {TrialText.Duration(plan.Final / plan.Finals)} each";
        return plan.Trials == 0
            ? $"Plan: the time is worth more in training than in comparing; {final.Replace("the best", "the default", StringComparison.Ordinal)}."
            : $"Plan: short trials of up to {TrialText.Duration(plan.TrialTime)} for {TrialText.Duration(plan.Exploration)}, then {final}.";
    }

    private static Option<string[]?> Architecture()
    {
        var option = Values.Choices("--architectures", "Architectures to choose from; the project's own and the backbones that are there where not given", [.. Architectures.Names]);
        option.DefaultValueFactory = null;
        return option!;
    }
}
