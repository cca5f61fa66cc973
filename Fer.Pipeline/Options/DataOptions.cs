using System.CommandLine;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The options of every command that reads faces: where they are and which classes are told apart.</summary>
internal sealed class DataOptions
{
    /// <summary>What --data takes.</summary>
    internal const string DataHelp = "CSV (plain or .gz), folder of images or list of images with labels, - for a CSV from standard " +
        "input; without it what is in data/, else faces drawn by the program";

    private readonly Option<string?> _data = Values.Text(
        "--data", DataHelp, "PATH");
    private readonly Option<string?> _scheme =
        Values.Choice("--scheme", "Classes to tell apart (those of the data where not given: seven of FER2013)", [.. LabelScheme.Names])!;
    private readonly Option<string?> _classes = Values.Text(
        "--classes", "Your own classes, joined by commas: happy,sad or bored,engaged; faces of others are left out", "NAMES");
    private readonly Option<string[]> _merge =
        new("--merge") { Description = "Joins a class to another: disgust=angry; may be repeated", HelpName = "FROM=INTO" };
    private readonly Option<string[]> _map = MapOption();
    private readonly Option<string?> _ferPlus =
        Values.Text("--fer-plus", "FER+ votes: fer2013new.csv, joined row by row, or FER+'s folder, joined by picture", "PATH");
    private readonly Option<bool> _skipBadRows =
        Values.Flag("--skip-bad-rows", "Counts and skips broken rows instead of stopping at the first");

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_data, _scheme, _classes, _merge, _map, _ferPlus, _skipBadRows];

    /// <summary>Only where the faces are, for commands whose model brings its classes.</summary>
    internal IEnumerable<Option> Source => [_data, _map, _ferPlus, _skipBadRows];

    internal static Option<string[]> MapOption() => new("--map")
    {
        Description = "What the data's labels are to be called, where numbers do not say it: 1=surprise,2=fear; may be repeated",
        HelpName = "LABEL=NAME",
    };

    /// <summary>The names that labels are to have; null where none is given.</summary>
    /// <exception cref="FerUsageException">A text is no list of pairs.</exception>
    internal static IReadOnlyDictionary<string, string>? Map(ParseResult result, Option<string[]> option) =>
        result.GetValue(option) is { Length: > 0 } texts ? LabelMap.Parse(texts) : null;

    /// <summary>Where the faces are: a path from the current folder, or standard input.</summary>
    /// <exception cref="FerUsageException">Standard input is asked for where it has no name.</exception>
    internal static string Path(string given, CommandHost host)
    {
        if (given != "-") return host.Resolve(given);
        return !OperatingSystem.IsWindows() ? "/dev/stdin"
            : throw new FerUsageException("A CSV from standard input (-) is not read on Windows. Write it to a file first.");
    }

    /// <summary>The data as the command's own word, in place of --data.</summary>
    internal Argument<string?> Place { get; } = new("DATA")
    {
        Description = "The same as --data",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The line about the reading of a data set.</summary>
    internal static ProgressLine ReadingProgress(CommandHost host) => new(host, "Reading", 0, "faces");

    /// <summary>Reads the faces with the classes the user asked for; notes go to the user.</summary>
    internal FaceDataset Load(ParseResult result, CommandHost host, long seed) => Load(result, host, seed, Scheme(result));

    /// <summary>Reads the faces with given classes; notes go to the user.</summary>
    internal FaceDataset Load(ParseResult result, CommandHost host, long seed, LabelScheme? scheme)
    {
        string? path = result.GetValue(_data), votes = result.GetValue(_ferPlus);
        if (result.GetResult(Place) is not null && result.GetValue(Place) is { } place)
        {
            if (path is not null) throw new FerUsageException($"'{place}' and --data both name the data. Give one of them.");
            path = place;
        }
        FaceDataset dataset;
        using (var progress = ReadingProgress(host))
        {
            dataset = FaceDataset.Load(path is null ? null : Path(path, host), scheme, new FaceDataOptions
            {
                FerPlusFile = votes is null ? null : host.Resolve(votes),
                SkipBadRows = result.GetValue(_skipBadRows),
                Seed = seed,
                Merges = result.GetValue(_merge) ?? [],
                LabelMap = Map(result, _map),
                Progress = progress,
            });
        }
        foreach (string note in dataset.Notes) host.Error.WriteLine(note);
        foreach (string message in dataset.SkippedMessages) host.Error.WriteLine($"  skipped: {message}");
        return dataset;
    }

    /// <summary>The classes the user asked for; null stands for those of the data, with the merges asked for.</summary>
    /// <exception cref="FerUsageException">A name is unknown, or options contradict each other.</exception>
    internal LabelScheme? Scheme(ParseResult result)
    {
        string? scheme = result.GetValue(_scheme), classes = result.GetValue(_classes);
        string[] merges = result.GetValue(_merge) ?? [];
        if (scheme is not null && (classes is not null || merges.Length > 0))
        {
            throw new FerUsageException(
                "--scheme names a known set of classes; --classes and --merge make your own. Give one or the other.");
        }
        if (scheme is not null) return LabelScheme.Parse(scheme);
        if (classes is null) return null;
        return LabelScheme.Custom(LabelText.Split(classes, ',').Select(LabelText.Unescape).Where(name => name.Length > 0), merges);
    }
}
