using System.CommandLine;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
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

    private readonly Option<bool> _all =
        Values.Flag("--all", "Every project, one after the other, into one table, " +
            $"{TableName}; what is there already is not trained again");
    private readonly Option<bool> _list = Values.Flag("--list", "Lists the projects and trains nothing");
    private readonly Option<bool> _again = Values.Flag("--again", "Trains what is there already as well");
    private readonly Option<bool> _alone = Values.Flag("--alone", "Leaves the comparison with FerNet out");
    private readonly Option<double?> _minutes =
        Values.Number("--minutes", "Time for each training (each project's own where not given)", 0, 60 * 24, "MINUTES", above: true);
    private readonly DataOptions _data = new();
    private readonly Option<int?> _seed = RunOptions.SeedOption();
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();
    private readonly Option<string?> _output =
        Values.Text("--output", "Folder for models, reports and the table (artifacts/ where not given)", "FOLDER");

    public string Name => "reproduce";

    public string Description =>
        "Trains an earlier project's network as its authors did (the large ones, which they fine-tuned, from scratch) " +
            "and prints their figure beside the one reached here, and FerNet's in the same time.";

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
        if (all == (name is not null))
            throw new FerUsageException($"Give the name of one project, or --all. '{host.Invocation} reproduce --list' lists them.");
        IReadOnlyList<EarlierProject> projects = all ? EarlierProject.All : [EarlierProject.Find(name!)];
        string folder = result.GetValue(_output) is { } output ? host.Resolve(output) : host.Folders.Artifacts;
        var rows = new List<ReproductionRow>();
        var sets = new Dictionary<LabelScheme, FaceDataset>();
        foreach (var project in projects)
        {
            if (!sets.TryGetValue(project.Scheme, out var dataset))
                sets[project.Scheme] = dataset = _data.Load(result, host, result.GetValue(_seed) ?? 1, project.Scheme);
            double minutes = result.GetValue(_minutes) ?? project.Minutes;
            var run = new ReproductionRun(dataset, project)
            {
                Folder = Path.Combine(folder, "reproduce"),
                Minutes = minutes,
                Seed = result.GetValue(_seed) ?? 1,
                Threads = result.GetValue(_threads) ?? 0,
                Again = result.GetValue(_again),
                Alone = result.GetValue(_alone),
                Command = TypedCommand.Of(result, host),
                Clock = host.Time,
            };
            rows.Add(await run.RunAsync(ShowAsync, cancellationToken).ConfigureAwait(false));
            if (all) AtomicFile.WriteText(Path.Combine(folder, TableName), ReproductionRow.Markdown(rows));

            Task<FaceRunResult> ShowAsync(string name, Func<IMonitor, IProgress<FaceRunProgress>, Task<FaceRunResult>> start)
            {
                int classes = dataset.Scheme.ClassNames.Count;
                host.Error.WriteLine(FormattableString.Invariant($"{name}: {classes} classes, {minutes:0.##} minutes"));
                var view = TrialView.Create(host);
                return view.ShowAsync(() => start(view, new RunNotes(view)));
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
}
