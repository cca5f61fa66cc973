using System.CommandLine;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Imaging;

namespace Fer.Pipeline.Commands;

/// <summary>The options of every command that makes a model: what a served face may cost.</summary>
internal sealed class ServingOptions
{
    private const string Auto = "auto";

    private readonly Option<string?> _views = Values.Choice(
        "--views", "Views of a face that the model averages over; auto takes those that do best on the validation split", [Auto, .. Enum.GetNames<FaceViews>()], Auto)!;
    private readonly Option<double?> _latency = Values.Number(
        "--max-latency", "Most milliseconds that one face may take, for auto views and for ensembles", 0, 1e6, "MS", 50, above: true);

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_views, _latency];

    /// <summary>What the user asked for.</summary>
    internal ServingLimits Limits(ParseResult result) => new()
    {
        Views = result.GetRequiredValue(_views) is var name && name == Auto ? null : Enum.Parse<FaceViews>(name!),
        MaxLatency = TimeSpan.FromMilliseconds(result.GetValue(_latency)!.Value),
    };
}

/// <summary>What a model may cost to choose and to serve.</summary>
internal sealed record ServingLimits
{
    /// <summary>The views to average over, or null for those that do best on the validation split.</summary>
    internal FaceViews? Views { get; init; }

    /// <summary>Most time of one face, in a model of several views or members.</summary>
    internal TimeSpan MaxLatency { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most bytes of the weights of all members.</summary>
    internal long MaxBytes { get; init; } = WidthPlan.MostBytes;

    /// <summary>Time for trying views and members; the plain model takes what it takes.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.MaxValue;
}
