using System.CommandLine;
using System.Diagnostics;
using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Notebooks;

/// <summary>Runs notebooks and saves their outputs, or checks that they still produce the saved ones.</summary>
internal sealed class RunCommand : ICommand
{
    /// <summary>Pass <c>--data</c> and <c>--model</c> to the notebooks; any kernel can set these.</summary>
    internal const string DataVariable = "FER_DATA", ModelVariable = "FER_MODEL";

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Notebooks; all of Fer.Notebooks by default",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _data = Values.Text("--data",
        "CSV (plain or .gz) or folder of images to use instead of the drawn faces; "
        + "the outputs then go to artifacts/notebooks/ and not into the notebook", "PATH");
    private readonly Option<string?> _model = Values.Text("--model",
        "The model zip to evaluate and use; by default artifacts/fer-seven.zip if --data is given, else one trained by the notebook",
        "FILE");
    private readonly Option<bool> _check = Values.Flag("--check",
        "Saves nothing; fails if a notebook no longer runs or, without --data and --model, its text outputs changed");

    public string Name => "run";

    public string Description => "Runs notebooks from the first cell to the last and saves what they show.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("run", "runs all notebooks on the drawn faces and saves their outputs"),
        ("run --check", "the same, but only compares with the saved outputs"),
        ("run Fer.Notebooks/03-evaluate.ipynb --data fer2013.csv.gz --model model.zip", "one on real data"),
    ];

    public IEnumerable<Option> Options => [_data, _model, _check];

    public IEnumerable<Argument> Arguments => [_files];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string[] files = [.. NotebookFiles.Find(result.GetValue(_files) ?? [], host)];
        string? data = Existing(result.GetValue(_data), host), model = Existing(result.GetValue(_model), host);
        if (data is not null && model is null && Path.Combine(host.Folders.Artifacts, "fer-seven.zip") is var shipped && File.Exists(
            shipped)) model = shipped;
        Environment.SetEnvironmentVariable(DataVariable, data);
        Environment.SetEnvironmentVariable(ModelVariable, model);
        bool check = result.GetValue(_check), own = data is null && model is null;
        var failures = new List<string>();
        foreach (string file in files)
        {
            var notebook = Notebook.Load(file);
            long start = Stopwatch.GetTimestamp();
            try
            {
                host.Error.WriteLine(host.Shorten(file));
                await NotebookRunner.RunAsync(notebook, (cell, time) => host.Error.WriteLine(
                    $"  cell {cell,3}  {time.TotalSeconds,7:F1} s"), cancellationToken).ConfigureAwait(false);
            }
            catch (FerException e)
            {
                failures.Add(e.Message);
            }
            string end = $"{Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s";
            if (check && own) failures.AddRange(NotebookCheck.Compare(Notebook.Load(file), notebook));
            if (check)
            {
                host.Error.WriteLine($"  {end} in all");
                continue;
            }
            string target = own ? file : Path.Combine(host.Folders.Artifacts, "notebooks", Path.GetFileName(file));
            notebook.Save(target);
            host.Error.WriteLine($"  {end} in all, saved: {host.Shorten(target)}");
        }
        if (failures.Count > 0) throw new FerException(string.Join('\n', failures));
        host.Output.WriteLine(!check ? $"{files.Length} notebooks ran."
            : own ? $"{files.Length} notebooks run and match their saved outputs."
            : $"{files.Length} notebooks run.");
        return ExitCode.Done;
    }

    private static string? Existing(string? path, CommandHost host)
    {
        if (path is null) return null;
        string full = host.Resolve(path);
        return File.Exists(full) || Directory.Exists(full) ? full : throw new FerException($"{path}: there is no such file or folder.");
    }
}
