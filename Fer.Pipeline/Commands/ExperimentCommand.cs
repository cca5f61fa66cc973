using System.CommandLine;
using System.Globalization;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Commands;

/// <summary>The main job: compares settings under a wall-clock budget and leaves the best model.</summary>
internal sealed class ExperimentCommand : ICommand
{
    private readonly DataOptions _data = new();
    private readonly RunOptions _run = new("experiment");
    private readonly Option<double?> _minutes = Values.Number("--minutes", "Wall-clock budget, saving and reporting included", 0, 60 * 24 * 30, "MINUTES", 60, above: true);
    private readonly Option<int?> _models = Values.Whole("--max-models", "Most settings to compare in short trials", 1, 1000, BudgetPlan.MostTrials);
    private readonly ServingOptions _serving = new();
    private readonly Option<string[]> _architectures = Values.Choices("--architectures", "Architectures to choose from", [.. Architectures.Names]);

    public string Name => "experiment";

    public string Description => "Compares settings in short trials, trains the most promising with what is left of the time, and leaves a model zip and a report.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("experiment --minutes 60", "the main job on what is in data/, or on drawn faces where nothing is"),
        ("experiment --data fer2013.csv.gz --minutes 15 --name first", "leaves artifacts/first/"),
        ("experiment --scheme three --minutes 30 --seed 7", "happy, sad and neutral only"),
        ("experiment --merge disgust=angry --architectures FerNet", "six classes of your own, one architecture"),
    ];

    public IEnumerable<Option> Options => [_minutes, .. _data.All, .. _run.All, _models, _architectures, .. _serving.All];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        double minutes = result.GetValue(_minutes)!.Value;
        var budget = TimeSpan.FromMinutes(minutes);
        long seed = _run.Seed(result);
        string path = _run.Folder(result, host);
        var dataset = _data.Load(result, host, seed);
        var folder = new RunFolder(path, dataset, $"Experiment {Path.GetFileName(path)}", CommandText.Of(result), _serving.Limits(result), host.Time) { Svg = _run.Svg(result, host) };
        var view = TrialView.Create(host);
        var reports = new TrialReportCollector();
        using var log = new TrialLog(folder.Trials);
        var experiment = new FaceExperiment(dataset, new FaceExperimentOptions
        {
            Budget = budget,
            MaxModels = result.GetValue(_models)!.Value,
            Architectures = result.GetRequiredValue(_architectures),
            Seed = seed,
            Threads = result.GetValue(_run.Threads) ?? 0,
            Start = host.Start,
            Clock = host.Time,
        })
        {
            PlanCallback = plan => view.Note(PlanText(plan)),
        };
        view.SetEnd(budget - host.Time.GetElapsedTime(host.Start));
        Evaluation.MulticlassClassificationMetrics? metrics = null;
        var best = await view.ShowAsync(() => experiment.RunAsync(
            new MonitorGroup(log, reports, view),
            (trial, rehearsal) => metrics = folder.Finish(trial.Training, trial.Options, reports.Trials, rehearsal),
            cancellationToken)).ConfigureAwait(false);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Best: {best.TrialSettings.Parameter}"));
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Validation accuracy {metrics!.Accuracy:F4}, macro F1 {metrics.MacroF1:F4}, after {TrialText.Duration(host.Time.GetElapsedTime(host.Start))}"));
        foreach (string file in (string[])[folder.Model, folder.Trials, folder.Report]) host.Output.WriteLine($"  {host.Shorten(file)}");
        return cancellationToken.IsCancellationRequested ? ExitCode.Cancelled : ExitCode.Done;
    }

    private static string PlanText(BudgetPlan plan) => plan.Trials == 0
        ? $"Plan: the time is too short to compare; the default is trained for {TrialText.Duration(plan.Final)}."
        : $"Plan: {plan.Trials} short trials of up to {TrialText.Duration(plan.TrialTime)}, then the best for {TrialText.Duration(plan.Final)}.";
}
