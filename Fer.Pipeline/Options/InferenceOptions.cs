using System.CommandLine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The options of every command that makes a model: what a face may cost.</summary>
internal sealed class InferenceOptions
{
    private const string Auto = "auto";

    private readonly Option<string?> _views = Values.Choice(
        "--views", "Views of a face that the model averages over; auto takes those that do best " +
            "on the validation split", [Auto, .. Enum.GetNames<FaceViews>()], Auto)!;
    private readonly Option<double?> _latency = Values.Number(
        "--max-latency", "Most milliseconds that one face may take on this machine, for auto views and for ensembles " +
            "(10 billion multiply-accumulates, so the same on every machine, where not given)", 0, 1e6, "MS", above: true);

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_views, _latency];

    /// <summary>The options of a run with what the user asked for.</summary>
    internal FaceRunOptions Apply(ParseResult result, FaceRunOptions options) => options with
    {
        Views = result.GetRequiredValue(_views) is var name && name == Auto ? null : Enum.Parse<FaceViews>(name!),
        MaxLatency = result.GetValue(_latency) is { } latency ? TimeSpan.FromMilliseconds(latency) : null,
    };
}
