using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Pipeline.Models;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Takes an ONNX file of the user's into the folder of backbones.</summary>
internal sealed class BackboneAddCommand : ICommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The name that --arch takes" };
    private readonly Argument<string> _file = new("FILE") { Description = "The ONNX file" };
    private readonly Option<string?> _sha256 =
        Values.Text("--sha256", "SHA-256 that the file must have; the published one is checked where it is known", "HEX");
    private readonly Option<string?> _preprocessing = Values.Choice("--preprocessing",
        "What the network wants done to pixels 0 … 255; by default what is known, else imagenet for three channels and none for one",
        [.. BackbonePreprocessing.All.Select(p => p.Name)])!;
    private readonly Option<int?> _resizeTo = Values.Whole("--resize-to",
        "Height and width for a network that leaves its own open (dynamic axes)", 8, 1024);
    private readonly Option<int?> _modelMegabytes = ModelMemory.Create();
    private readonly Option<string?> _folder = BackboneOptions.Folder();

    public string Name => "add";

    public string Description => "Checks an ONNX file, reads the network and keeps a copy under a name.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("backbone add ResnetV250 resnet50-v2-7.onnx", "checks the published checksum, reads the network and keeps a copy"),
        ("backbone add mine mine.onnx --preprocessing symmetric", "a network that wants its pixels from -1 to 1"),
    ];

    public IEnumerable<Option> Options => [_sha256, _preprocessing, _resizeTo, _modelMegabytes, _folder];

    public IEnumerable<Argument> Arguments => [_name, _file];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        var store = new BackboneStore(BackboneOptions.FolderOf(result, _folder, host));
        var preprocessing = result.GetValue(_preprocessing) is { } name ? BackbonePreprocessing.Parse(name) : null;
        string file = host.Resolve(result.GetRequiredValue(_file));
        var entry = store.Add(result.GetRequiredValue(_name), file, result.GetValue(_sha256), preprocessing,
            result.GetValue(_resizeTo), result.GetValue(_modelMegabytes));
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{entry.Name}: input {entry.Input}, preprocessing {entry.Preprocessing}, {entry.Features} features, " +
            $"{entry.Parameters / 1e6:F2} M parameters, {entry.MultiplyAccumulates / 1e6:F0} M multiply-accumulates a face"));
        host.Output.WriteLine($"  SHA-256 {entry.Sha256}");
        host.Output.WriteLine($"  fer train --arch {entry.Name} --fine-tune none");
        return Task.FromResult(ExitCode.Done);
    }
}
