using System.CommandLine;
using System.Diagnostics;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Shell;

namespace Fer.Notebooks;

/// <summary>Runs notebooks and saves their outputs, or checks that they run.</summary>
internal sealed class RunCommand : ICommand
{
    private const int CheckFaces = 700;

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Notebooks; all of Fer.Notebooks by default",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _data = Values.Text("--data",
        "CSV (plain or .gz) or folder of images; by default the notebooks look in data/ and else draw faces", "PATH");
    private readonly Option<string?> _model = Values.Text("--model",
        "The model zip to evaluate and use; by default artifacts/fer-seven.zip", "FILE");
    private readonly Option<string?> _output = Values.Text("--output",
        "Folder for executed copies with all pictures; without it the outputs go into the notebooks, pictures left out", "FOLDER");
    private readonly Option<string[]> _parameters = new("--set")
    {
        Description = "A value of the notebook's parameters cell, as C#: --set epochs=3",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };
    private readonly Option<bool> _check = Values.Flag("--check",
        "Saves nothing; runs with few faces and epochs, on drawn faces unless --data is given, "
        + "and fails if a cell fails or shows other kinds of output than are saved");

    public string Name => "run";

    public string Description => "Runs notebooks from the first cell to the last and saves what they show.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("run", "runs all notebooks and saves their outputs, without pictures of faces"),
        ("run Fer.Notebooks/03-evaluate.ipynb --data fer2013.csv.gz --model model.zip --output pages", "one on other data, into pages/"),
        ("run --check", "runs all quickly on drawn faces and saves nothing"),
    ];

    public IEnumerable<Option> Options => [_data, _model, _output, _parameters, _check];

    public IEnumerable<Argument> Arguments => [_files];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        var set = Parse(result.GetValue(_parameters) ?? []);
        string[] files = [.. NotebookFiles.Find(result.GetValue(_files) ?? [], host)];
        string? data = Existing(result.GetValue(_data), host), model = Existing(result.GetValue(_model), host);
        bool check = result.GetValue(_check);
        string? folder = result.GetValue(_output) is { } given ? host.Resolve(given) : null;
        if (check && folder is not null) throw new FerUsageException("--check saves nothing, so --output has nothing to name.");
        if (model is not null) set.TryAdd("model", NotebookText.Literal(model));
        string? drawn = check && data is null ? Path.Combine(Path.GetTempPath(), $"fer-faces-{Environment.ProcessId}.csv") : null;
        if (drawn is not null) SampleFaces.WriteCsv(data = drawn, CheckFaces, seed: 1);
        if (data is not null) set.TryAdd("data", NotebookText.Literal(data));
        try
        {
            var failures = new List<string>();
            foreach (string file in files)
                await RunAsync(file, set, check, folder, failures, host, cancellationToken).ConfigureAwait(false);
            if (failures.Count > 0) throw new FerException(string.Join('\n', failures));
        }
        finally
        {
            if (drawn is not null) File.Delete(drawn);
        }
        string on = drawn is not null ? "drawn faces" : data is null ? "what they found" : host.Shorten(data);
        host.Output.WriteLine($"{files.Length} notebooks ran on {on}.");
        return ExitCode.Done;
    }

    private static async Task RunAsync(string file, Dictionary<string, string> set, bool check, string? folder, List<string> failures,
        CommandHost host, CancellationToken cancellationToken)
    {
        var notebook = Notebook.Load(file);
        var parameters = check ? notebook.Cells.SelectMany(cell => cell.CheckParameters).ToDictionary() : [];
        foreach (var (name, value) in set)
            if (name is not ("data" or "model") || notebook.Mentions(name)) parameters[name] = value;
        long start = Stopwatch.GetTimestamp();
        host.Error.WriteLine(host.Shorten(file));
        bool failed = false;
        try
        {
            await NotebookRunner.RunAsync(notebook, parameters, (cell, time) => host.Error.WriteLine(
                $"  cell {cell,3}  {time.TotalSeconds,7:F1} s"), cancellationToken).ConfigureAwait(false);
        }
        catch (FerException e)
        {
            failures.Add(e.Message);
            failed = true;
        }
        string end = $"  {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s in all";
        if (check)
        {
            if (!failed) failures.AddRange(NotebookCheck.Compare(Notebook.Load(file), notebook));
            host.Error.WriteLine(end);
            return;
        }
        string target = folder is null ? file : Path.Combine(folder, Path.GetFileName(file));
        if (folder is null) notebook.StripPictures();
        notebook.Save(target);
        host.Error.WriteLine($"{end}, saved: {host.Shorten(target)}");
    }

    private static Dictionary<string, string> Parse(string[] settings)
    {
        var set = new Dictionary<string, string>();
        foreach (string one in settings)
        {
            int at = one.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == one.Length - 1) throw new FerUsageException($"--set {one}: give NAME=VALUE, such as epochs=3.");
            set[one[..at].Trim()] = one[(at + 1)..].Trim();
        }
        return set;
    }

    private static string? Existing(string? path, CommandHost host)
    {
        if (path is null) return null;
        string full = host.Resolve(path);
        return File.Exists(full) || Directory.Exists(full) ? full : throw new FerException($"{path}: there is no such file or folder.");
    }
}
