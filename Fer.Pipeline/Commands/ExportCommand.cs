using System.CommandLine;
using Fer.Options;
using Fer.Pipeline;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Writes a model zip's network as an ONNX file, or the zip again as this version writes it.</summary>
internal sealed class ExportCommand : ICommand
{
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<string?> _output =
        Values.Text("--output", "Where the ONNX file is written; FILE.zip writes a model zip", "FILE");
    private readonly Option<int?> _opset = Values.Whole(
        "--opset", "Version of ONNX's operator set", OnnxWriter.OldestOperatorSet, OnnxWriter.NewestOperatorSet, OnnxWriter.OperatorSet);

    public ExportCommand() => _output.Required = true;
    private readonly Option<int?> _modelMegabytes = ModelMemory.Create();

    public string Name => "export";

    public string Description =>
        "Writes the network of a model zip as ONNX: pixels 0 to 255 in, calibrated probabilities out, any batch size. " +
        "Or a zip of an older version as one that ML.NET opens.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("export --model artifacts/experiment/model.zip --output model.onnx", "for any ONNX runtime"),
        ("export --model model.zip --output model.onnx --opset 13", "for an older one"),
        ("export --model old.zip --output model.zip", "for ML.NET's Model.Load, from a zip of the first version"),
    ];

    public IEnumerable<Option> Options => [_model, _output, _opset, _modelMegabytes];

    public bool EndsAtOnce => true;

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string path = ModelOption.PathOf(result, _model, host), output = host.Resolve(result.GetRequiredValue(_output)!);
        bool asZip = Path.GetExtension(output).Equals(".zip", StringComparison.OrdinalIgnoreCase);
        if (asZip && result.GetResult(_opset) is { Implicit: false })
            throw new FerUsageException($"--opset is for an ONNX file; a model zip always has operator set {OnnxWriter.OperatorSet}.");
        var model = ModelZip.Load(path, ModelMemory.LimitsOf(result, _modelMegabytes));
        string written = asZip ? WriteZip(model, output) : WriteOnnx(model, output, result.GetValue(_opset));
        host.Output.WriteLine($"{host.Shorten(output)}: {written}");
        return Task.FromResult(ExitCode.Done);
    }

    private static string WriteZip(ModelZip model, string output)
    {
        var manifest = ModelZip.Save(output, model.Network, model.Manifest, model.MetricsJson);
        return $"{manifest.Architecture}, a model zip of version {manifest.FormatVersion} for ML.NET and for this program";
    }

    private static string WriteOnnx(ModelZip model, string output, int? operatorSet)
    {
        var options = new OnnxWriteOptions { OperatorSet = operatorSet ?? OnnxWriter.OperatorSet };
        AtomicFile.Write(output, stream => OnnxWriter.Write(model.Network, stream, options));
        string classes = string.Join(", ", model.Manifest.ClassNames);
        return $"{model.Manifest.Architecture}, operator set {options.OperatorSet}, " +
            $"input '{options.InputName}', output '{options.OutputName}' of {classes}";
    }
}
