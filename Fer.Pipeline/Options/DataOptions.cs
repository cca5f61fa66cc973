using System.CommandLine;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The options of every command that reads faces: where they are and which classes are told apart.</summary>
internal sealed class DataOptions
{
    private readonly Option<string?> _data = Values.Text(
        "--data", "CSV (plain or .gz) or folder of images; without it what is in data/, else faces drawn by the program", "PATH");
    private readonly Option<string?> _scheme =
        Values.Choice("--scheme", "Classes to tell apart (seven where not given)", [.. LabelScheme.Names])!;
    private readonly Option<string?> _classes = Values.Text("--classes", "Your own classes, joined by commas: happy,sad", "NAMES");
    private readonly Option<string[]> _merge =
        new("--merge") { Description = "Joins an emotion to another: disgust=angry; may be repeated", HelpName = "FROM=INTO" };
    private readonly Option<string?> _ferPlus =
        Values.Text("--fer-plus", "FER+ votes (fer2013new.csv), joined to the rows of the CSV", "FILE");
    private readonly Option<bool> _skipBadRows =
        Values.Flag("--skip-bad-rows", "Counts and skips broken rows instead of stopping at the first");

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_data, _scheme, _classes, _merge, _ferPlus, _skipBadRows];

    /// <summary>Only where the faces are, for commands whose model brings its classes.</summary>
    internal IEnumerable<Option> Source => [_data, _ferPlus, _skipBadRows];

    /// <summary>The data as the command's own word, in place of --data.</summary>
    internal Argument<string?> Place { get; } = new("DATA")
    {
        Description = "The same as --data",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Reads the faces with the classes the user asked for; notes go to the user.</summary>
    internal FaceDataset Load(ParseResult result, CommandHost host, long seed) => Load(result, host, seed, Scheme(result));

    /// <summary>Reads the faces with given classes; notes go to the user.</summary>
    internal FaceDataset Load(ParseResult result, CommandHost host, long seed, LabelScheme scheme)
    {
        string? path = result.GetValue(_data), votes = result.GetValue(_ferPlus);
        if (result.GetResult(Place) is not null && result.GetValue(Place) is { } place)
        {
            if (path is not null) throw new FerUsageException($"'{place}' and --data both name the data. Give one of them.");
            path = place;
        }
        var dataset = FaceDataset.Load(path is null ? null : host.Resolve(path), scheme, new FaceDataOptions
        {
            FerPlusFile = votes is null ? null : host.Resolve(votes),
            SkipBadRows = result.GetValue(_skipBadRows),
            Seed = seed,
        });
        foreach (string note in dataset.Notes) host.Error.WriteLine(note);
        foreach (string message in dataset.SkippedMessages) host.Error.WriteLine($"  skipped: {message}");
        return dataset;
    }

    /// <summary>The classes the user asked for.</summary>
    /// <exception cref="FerUsageException">A name is unknown, or options contradict each other.</exception>
    internal LabelScheme Scheme(ParseResult result)
    {
        string? scheme = result.GetValue(_scheme), classes = result.GetValue(_classes);
        string[] merges = result.GetValue(_merge) ?? [];
        if (scheme is not null && (classes is not null || merges.Length > 0))
        {
            throw new FerUsageException(
                "--scheme names a known set of classes; --classes and --merge make your own. Give one or the other.");
        }
        if (scheme is not null) return LabelScheme.Parse(scheme);
        if (classes is null && merges.Length == 0) return LabelScheme.Seven;
        const StringSplitOptions words = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return LabelScheme.Custom(classes?.Split(',', words) ?? [], merges);
    }
}
