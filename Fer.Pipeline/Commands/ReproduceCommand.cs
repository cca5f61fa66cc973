using System.CommandLine;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Trains the earlier projects' networks as their authors did, and FerNet in the same time.</summary>
internal sealed class ReproduceCommand : ICommand
{
    private const string TableName = "reproduce.md";

    private readonly Argument<string?> _project = new("name")
    {
        Description = $"The project: {string.Join(", ", EarlierProject.All.Select(p => p.Name))}",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _all = Values.Flag("--all", $"Every project, one after the other, into one table, {TableName}; what is there already is not trained again");
    private readonly Option<bool> _list = Values.Flag("--list", "Lists the projects and trains nothing");
    private readonly Option<bool> _again = Values.Flag("--again", "Trains what is there already as well");
    private readonly Option<bool> _alone = Values.Flag("--alone", "Leaves the comparison with FerNet out");
    private readonly Option<double?> _minutes = Values.Number("--minutes", "Time for each training (each project's own where not given)", 0, 60 * 24, "MINUTES", above: true);
    private readonly DataOptions _data = new();
    private readonly Option<int?> _seed = RunOptions.SeedOption();
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();
    private readonly Option<string?> _output = Values.Text("--output", "Folder for models, reports and the table (artifacts/ where not given)", "FOLDER");

    public string Name => "reproduce";

    public string Description => "Trains an earlier project's network as its authors did (the large ones, which they fine-tuned, from scratch) and prints their figure beside the one reached here, and FerNet's in the same time.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("reproduce --list", "what there is, with the reported figures"),
        ("reproduce three-class-adam --minutes 10", "one project, then FerNet for ten minutes"),
        ("reproduce --all", $"all of them; leaves artifacts/{TableName}"),
    ];

    public IEnumerable<Argument> Arguments => [_project];

    public IEnumerable<Option> Options => [_all, _list, _again, _alone, _minutes, .. _data.Source, _seed, _threads, _output];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_list)) return List(host);
        string? name = result.GetValue(_project);
        bool all = result.GetValue(_all);
        if (all == (name is not null)) throw new FerUsageException("Give the name of one project, or --all. 'fer reproduce --list' lists them.");
        IReadOnlyList<EarlierProject> projects = all ? EarlierProject.All : [EarlierProject.Find(name!)];
        string folder = result.GetValue(_output) is { } output ? host.Resolve(output) : host.Folders.Artifacts;
        var rows = new List<ReproductionRow>();
        var sets = new Dictionary<LabelScheme, FaceDataset>();
        foreach (var project in projects)
        {
            if (!sets.TryGetValue(project.Scheme, out var dataset)) sets[project.Scheme] = dataset = Load(result, host, project.Scheme);
            double minutes = result.GetValue(_minutes) ?? project.Minutes;
            var ours = await KeptOr(project.Name, OptionsOf(result, project), () => TrainAsync(result, host, project, dataset, minutes, Folder(project.Name), cancellationToken)).ConfigureAwait(false);
            string fernet = FormattableString.Invariant($"fernet-{project.Scheme.Name}-{minutes:0.##}");
            var peer = result.GetValue(_alone) ? null
                : await KeptOr(fernet, FerNetOptions(result), () => FerNetAsync(result, host, dataset, minutes, Folder(fernet), cancellationToken)).ConfigureAwait(false);
            rows.Add(new ReproductionRow(project, ours, peer));
            if (all) AtomicFile.WriteText(Path.Combine(folder, TableName), ReproductionRow.Markdown(rows));

            string Folder(string run) => Path.Combine(folder, "reproduce", run);

            async Task<Reproduction> KeptOr(string run, ImageClassificationTrainer.Options options, Func<Task<Reproduction>> train)
            {
                string recipe = Reproduction.RecipeOf(options);
                if (!result.GetValue(_again) && Reproduction.Load(Folder(run), minutes, dataset.Training.Sha256, recipe) is { } known) return known;
                host.Error.WriteLine(FormattableString.Invariant($"{run}: {dataset.Scheme.ClassNames.Count} classes, {minutes:0.##} minutes"));
                var made = await train().ConfigureAwait(false) with { Recipe = recipe };
                // What was cut off is no result to keep.
                cancellationToken.ThrowIfCancellationRequested();
                made.Save(Folder(run));
                return made;
            }
        }
        var table = new PlainTable(ReproductionRow.Headers);
        foreach (var row in rows) table.Add(row.Cells);
        table.Write(host.Output);
        if (all) host.Output.WriteLine($"  {host.Shorten(Path.Combine(folder, TableName))}");
        return ExitCode.Done;
    }

    private static int List(CommandHost host)
    {
        var table = new PlainTable("project", "classes", "reported %", "minutes", "network");
        foreach (var project in EarlierProject.All)
        {
            table.Add($"{project.Name}: {project.Summary}", FormattableString.Invariant($"{project.Scheme.ClassNames.Count}"),
                project.Reported is { } reported ? FormattableString.Invariant($"{100 * reported:F1}") : "-",
                FormattableString.Invariant($"{project.Minutes}"), project.Options.Arch);
        }
        table.Write(host.Output);
        return ExitCode.Done;
    }

    private FaceDataset Load(ParseResult result, CommandHost host, LabelScheme scheme)
    {
        var dataset = _data.Load(result, host, Seed(result), scheme);
        if (dataset.Training.Count == 0) throw new FerException($"{dataset.Source}: there are no Training faces to learn from.");
        if (dataset.Validation.Count == 0) throw new FerException($"{dataset.Source}: there are no PublicTest faces to compare on.");
        return dataset;
    }

    private async Task<Reproduction> TrainAsync(
        ParseResult result, CommandHost host, EarlierProject project, FaceDataset dataset, double minutes, string path, CancellationToken cancellationToken)
    {
        long start = host.Time.GetTimestamp();
        var folder = new RunFolder(
            path, dataset, $"{project.Name}: {project.Summary}", TypedCommand.Of(result), new InferenceLimits { Views = project.Views }, host.Time);
        var run = new SingleTraining(folder, dataset, OptionsOf(result, project), host);
        run.Rehearse();
        var training = await run.RunAsync(minutes, start, cancellationToken).ConfigureAwait(false) ?? throw new FerException($"{project.Name}: {SingleTraining.NoModel}");
        cancellationToken.ThrowIfCancellationRequested();
        var (metrics, _) = run.Finish(training);
        return Reproduction.Of(metrics, minutes, training.History.Count, training.Elapsed, dataset.Training.Sha256);
    }

    private async Task<Reproduction> FerNetAsync(
        ParseResult result, CommandHost host, FaceDataset dataset, double minutes, string path, CancellationToken cancellationToken)
    {
        long start = host.Time.GetTimestamp();
        var folder = new RunFolder(path, dataset, "FerNet in the same time", TypedCommand.Of(result), new InferenceLimits(), host.Time);
        var view = TrialView.Create(host);
        var reports = new TrialReportCollector();
        FaceClassificationMetrics? metrics = null;
        var budget = TimeSpan.FromMinutes(minutes);
        view.SetEnd(budget);
        var experiment = new FaceExperiment(dataset, new FaceExperimentOptions
        {
            Budget = budget,
            Architectures = ["FerNet"],
            Seed = Seed(result),
            Threads = result.GetValue(_threads) ?? 0,
            Start = start,
            Clock = host.Time,
        });
        var best = await view.ShowAsync(() => experiment.RunAsync(
            new MonitorGroup(reports, view),
            end => metrics = folder.Finish(end, reports.Trials),
            cancellationToken)).ConfigureAwait(false);
        return Reproduction.Of(metrics!, minutes, best.Training.History.Count, host.Time.GetElapsedTime(start), dataset.Training.Sha256);
    }

    private ImageClassificationTrainer.Options OptionsOf(ParseResult result, EarlierProject project) =>
        project.Options with { Seed = Seed(result), Threads = result.GetValue(_threads) ?? 0 };

    /// <summary>What a sweep begins with; what it ends with is its own choice.</summary>
    private ImageClassificationTrainer.Options FerNetOptions(ParseResult result) => new FaceSearchOptions().ToTrainerOptions() with { Seed = Seed(result) };

    private long Seed(ParseResult result) => result.GetValue(_seed) ?? 1;
}
