using System.CommandLine;
using Fer.Pipeline.Detection;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The options of every command that looks for faces.</summary>
internal sealed class DetectorOptions(FaceFinderOptions defaults)
{
    private readonly Option<string?> _range =
        Values.Choice("--range", "near: faces close to a camera; far: near and far ones", ["near", "far"])!;
    private readonly Option<double?> _score =
        Values.Number("--minimum-score", "The least score of a face", 0.01, 0.99, @default: (double)(decimal)defaults.MinimumScore);
    private readonly Option<int?> _levels = Values.Whole("--levels",
        "How closely to look: 1 the whole picture at once, each more at tiles of half the side (by default, by the picture's size)", 1, 4);

    private readonly Option<bool> _largest = Values.Flag("--largest-face", "Takes the largest face of a picture alone");
    private readonly Option<bool> _upright = Values.Flag(
        "--upright", "Looks for upright faces alone; without it a photo with none is searched turned by 90, 180 and 270 degrees");

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_range, _score, _levels, _largest, _upright];

    /// <summary>The options as given, over the defaults of what is looked at.</summary>
    internal FaceFinderOptions Read(ParseResult result, FaceFinderOptions over) => over with
    {
        Range = result.GetValue(_range) is { } range ? Enum.Parse<DetectorRange>(range, ignoreCase: true) : over.Range,
        MinimumScore = (float)result.GetValue(_score)!.Value,
        Levels = result.GetValue(_levels) ?? over.Levels,
        MostFaces = result.GetValue(_largest) ? 1 : over.MostFaces,
        Turned = over.Turned && !result.GetValue(_upright),
    };
}
