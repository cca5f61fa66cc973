using System.CommandLine;
using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The options of every command that trains: seed, threads and where the results go.</summary>
internal sealed class RunOptions(string defaultName)
{
    private readonly Option<int?> _seed = SeedOption();
    private readonly Option<string?> _name =
        Values.Text("--name", $"Name of the run's folder; without it '{defaultName}', '{defaultName}-2', …", "NAME");
    private readonly Option<string?> _output =
        Values.Text("--output", "Folder that the run's folder is made in (artifacts/ where not given)", "FOLDER");
    private readonly Option<string?> _svg = Values.Text("--svg", "Writes the report's charts as SVG files, for papers", "FOLDER");

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_seed, Threads, _name, _output, _svg];

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

    /// <summary>
    /// The folder of this run. A name the user gave is taken as it is, and its files are replaced; the default name never is.
    /// </summary>
    /// <exception cref="FerUsageException">The name is no plain folder name.</exception>
    internal string Folder(ParseResult result, CommandHost host)
    {
        string parent = Parent(result, host);
        if (result.GetValue(_name) is { } name)
        {
            if (name.Length == 0 || name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
                throw new FerUsageException($"'{name}' is no name of a folder. Give a plain name, and the place with --output.");
            return Path.Combine(parent, name);
        }
        string folder = Path.Combine(parent, defaultName);
        for (int number = 2; Directory.Exists(folder); number++) folder = Path.Combine(parent, $"{defaultName}-{number}");
        return folder;
    }
}
