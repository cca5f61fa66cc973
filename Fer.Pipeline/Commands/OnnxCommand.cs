using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline.Networks;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Shows what an ONNX file holds.</summary>
internal sealed class OnnxCommand : ICommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "An ONNX model" };
    private readonly Option<bool> _json = Values.Flag("--json", "The same as JSON");
    private readonly Option<int?> _resizeTo = Values.Whole("--resize-to",
        "Height and width for a network that leaves its own open (dynamic axes)", 8, 1024);
    private readonly Option<int?> _modelMegabytes = ModelMemory.Create();

    public string Name => "onnx";

    public string Description => "Shows an ONNX model: its operators, the layers it becomes with shapes, parameters and " +
        "multiply-accumulates, what can be trained, and what is missing.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("onnx resnet50.onnx", "the layers, one a line"),
        ("onnx model.onnx --json", "for other programs"),
    ];

    public IEnumerable<Option> Options => [_json, _resizeTo, _modelMegabytes];

    public IEnumerable<Argument> Arguments => [_file];

    public bool EndsAtOnce => true;

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string path = host.Resolve(result.GetRequiredValue(_file)), shown = host.Shorten(path);
        var limits = ModelMemory.LimitsOf(result, _modelMegabytes);
        var summary = OnnxReader.Summarize(path, limits);
        // Where operators are missing they are the answer; reading would stop at the first.
        var network = summary.Missing.Count == 0 ? OnnxReader.Read(path, limits, result.GetValue(_resizeTo)) : null;
        if (result.GetValue(_json)) host.Output.WriteLine(Json(shown, summary, network));
        else Write(host.Output, shown, summary, network);
        return Task.FromResult(network is null ? ExitCode.Failed : ExitCode.Done);
    }

    private static void Write(TextWriter output, string file, OnnxSummary summary, Network? network)
    {
        string producer = summary.Producer.Length > 0 ? $", written by {OnnxText.Quote(summary.Producer)}" : "";
        output.WriteLine($"{file}: operator set {summary.OperatorSet}{producer}");
        output.WriteLine("operators: " + string.Join(", ", summary.Operators.Select(o => $"{o.Nodes} {o.Operator}")));
        if (network is null)
        {
            output.WriteLine("missing:");
            foreach (var (type, node) in summary.Missing) output.WriteLine($"  {type} in node {node}");
            return;
        }
        output.WriteLine();
        var table = new PlainTable("layer", "kind", "output", "parameters", "trained", "MACs");
        foreach (var node in network.Nodes)
        {
            var (all, trained) = Parameters(node);
            string name = OnnxText.Quote(node.Name).Trim('\'');
            table.Add(name, node.Operation.Kind, node.Shape.ToString(), Text(all), Text(trained), Text(Work(network, node)));
        }
        table.Write(output);
        output.WriteLine();
        foreach (var input in network.Inputs) output.WriteLine($"input {OnnxText.Quote(input.Name)}: {input.Shape}");
        foreach (var end in network.Outputs)
            output.WriteLine($"output {OnnxText.Quote(end.Name)}: {end.Shape} of layer {OnnxText.Quote(network.Nodes[end.Node].Name)}");
        string once = network.Outputs.Count > 1 ? " once one output is chosen" : "";
        output.WriteLine($"{Text(network.Parameters.Values.Length)} parameters, {Text(network.Parameters.TrainableLength)} of them can " +
            $"be trained{once}; {Text(network.MultiplyAccumulates)} multiply-accumulates an example.");
    }

    private static (int All, int Trained) Parameters(Node node)
    {
        var parameters = node.Operation.Parameters.Select(p => p.Parameter).ToArray();
        return (parameters.Sum(p => p.Length), parameters.Where(p => p.IsTrainable).Sum(p => p.Length));
    }

    private static long Work(Network network, Node node) => node.Operation.MultiplyAccumulates(network.InputShapes(node));

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Json(string file, OnnxSummary summary, Network? network) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("file", file);
        json.WriteNumber("operatorSet", summary.OperatorSet);
        json.WriteStartObject("operators");
        foreach (var (type, nodes) in summary.Operators) json.WriteNumber(type, nodes);
        json.WriteEndObject();
        json.WriteStartArray("missing");
        foreach (var (type, node) in summary.Missing)
        {
            json.WriteStartObject();
            json.WriteString("operator", type);
            json.WriteString("node", node.Trim('\''));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (network is not null)
        {
            json.WriteStartArray("layers");
            foreach (var node in network.Nodes)
            {
                json.WriteStartObject();
                json.WriteString("name", node.Name);
                json.WriteString("kind", node.Operation.Kind);
                json.WriteString("output", node.Shape.ToString());
                json.WriteNumber("parameters", Parameters(node).All);
                json.WriteNumber("trained", Parameters(node).Trained);
                json.WriteNumber("multiplyAccumulates", Work(network, node));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteShapes(json, "inputs", network.Inputs.Select(i => (i.Name, i.Shape.ToString())));
            WriteShapes(json, "outputs", network.Outputs.Select(o => (o.Name, o.Shape.ToString())));
            json.WriteNumber("parameters", network.Parameters.Values.Length);
            json.WriteNumber("trained", network.Parameters.TrainableLength);
            json.WriteNumber("multiplyAccumulates", network.MultiplyAccumulates);
        }
        json.WriteEndObject();
    });

    private static void WriteShapes(System.Text.Json.Utf8JsonWriter json, string name, IEnumerable<(string Name, string Shape)> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, shape) in values) json.WriteString(key, shape);
        json.WriteEndObject();
    }
}
