using System.CommandLine;
using Fer.Pipeline;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The options of every command that trains: seed, threads and where the results go.</summary>
internal sealed class RunOptions(string defaultName)
{
    private readonly Option<int?> _seed = SeedOption();
    private readonly Option<string?> _name =
        Values.Text("--name", $"Name of the run's folder; without it '{defaultName}', '{defaultName}-2', …", "NAME");
    private readonly Option<bool> _overwrite = Values.Flag("--overwrite", "Replaces the run, finished or stopped, of the same --name");
    private readonly Option<string?> _output =
        Values.Text("--output", "Folder that the run's folder is made in (artifacts/ where not given)", "FOLDER");
    private readonly Option<string?> _svg = Values.Text("--svg", "Writes the report's charts as SVG files, for papers", "FOLDER");

    private readonly Option<int?> _faces =
        Values.Whole("--faces", "Faces of each kind that the report shows; 0 keeps pictures out of it", 0, 100, 12);

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_seed, Threads, _name, _overwrite, _output, _svg, _faces];

    /// <summary>Faces of each kind in the report.</summary>
    internal int Faces(ParseResult result) => result.GetValue(_faces)!.Value;

    /// <summary>Threads in all; 0 is one a processor.</summary>
    internal Option<int?> Threads { get; } = ThreadsOption();

    internal static Option<int?> SeedOption() =>
        Values.Whole("--seed", "Seed of everything random: with the same threads and epochs " +
            "the same seed gives the same run", 0, int.MaxValue, 1);

    internal static Option<int?> ThreadsOption() => Values.Whole("--threads", "Threads; 0 is one a processor", 0, 1024, 0);

    /// <summary>Where the report's charts go as files, or null.</summary>
    internal string? Svg(ParseResult result, CommandHost host) => result.GetValue(_svg) is { } folder ? host.Resolve(folder) : null;

    internal long Seed(ParseResult result) => result.GetValue(_seed) ?? 1;

    /// <summary>The folder that runs' folders are made in.</summary>
    internal string Parent(ParseResult result, CommandHost host) =>
        result.GetValue(_output) is { } output ? host.Resolve(output) : host.Folders.Artifacts;

    /// <summary>True where the user lets go what the folder holds.</summary>
    internal bool Overwrites(ParseResult result) => result.GetValue(_overwrite);

    /// <summary>
    /// Takes the folder of this run, before anything is read, so that no other run can have it: by the name the user gave, or by the first
    /// default name that is free.
    /// </summary>
    /// <exception cref="FerUsageException">The name is no plain folder name, or its folder holds a run and --overwrite is not
    /// given.</exception>
    /// <exception cref="FerException">Another run is at work there, or the folder cannot be written.</exception>
    internal RunLock Claim(ParseResult result, CommandHost host)
    {
        string parent = Parent(result, host);
        if (result.GetValue(_name) is not { } name) return RunLock.TakeNew(parent, defaultName);
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
            throw new FerUsageException($"'{name}' is no name of a folder. Give a plain name, and the place with --output.");
        string folder = Path.Combine(parent, name), shown = host.Shorten(folder);
        var held = RunLock.Take(folder, shown);
        try
        {
            RunSession.CheckFree(folder, Overwrites(result), shown);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
