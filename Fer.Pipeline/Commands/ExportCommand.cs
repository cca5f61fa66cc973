using System.CommandLine;
using Fer.Options;
using Fer.Pipeline;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Writes a model zip's network as an ONNX file.</summary>
internal sealed class ExportCommand : ICommand
{
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<string?> _output = Values.Text("--output", "Where the ONNX file is written", "FILE");
    private readonly Option<int?> _opset = Values.Whole("--opset", "Version of ONNX's operator set", OnnxWriter.OldestOperatorSet, OnnxWriter.NewestOperatorSet, OnnxWriter.OperatorSet);

    public ExportCommand() => _output.Required = true;

    public string Name => "export";

    public string Description => "Writes the network of a model zip as ONNX: pixels 0 to 255 in, calibrated probabilities out, any batch size.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("export --model artifacts/experiment/model.zip --output model.onnx", "for any ONNX runtime"),
        ("export --model model.zip --output model.onnx --opset 13", "for an older one"),
    ];

    public IEnumerable<Option> Options => [_model, _output, _opset];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        var model = ModelZip.Load(ModelOption.PathOf(result, _model, host));
        string output = host.Resolve(result.GetRequiredValue(_output)!);
        var options = new OnnxWriteOptions { OperatorSet = result.GetValue(_opset) ?? OnnxWriter.OperatorSet };
        AtomicFile.Write(output, stream => OnnxWriter.Write(model.Network, stream, options));
        host.Output.WriteLine($"{host.Shorten(output)}: {model.Manifest.Architecture}, operator set {options.OperatorSet}, input '{options.InputName}', output '{options.OutputName}' of {string.Join(", ", model.Manifest.ClassNames)}");
        return Task.FromResult(ExitCode.Done);
    }
}
