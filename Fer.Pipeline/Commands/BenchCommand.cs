using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fer.Bench;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>
/// Times the engine on the reference networks, the data loader beside CsvHelper and ML.NET's TextLoader, transformers, camera frames or the
/// server under load.
/// </summary>
internal sealed class BenchCommand : ICommand
{
    private static readonly string[] IsaNames = ["scalar", "vector128", "vector256", "vector512"];

    private readonly Option<string[]> _nets = Values.Choices("--nets", "Networks to time", [.. ReferenceNetworks.Names]);
    private readonly Option<string?> _onnx = Values.Text("--onnx", "Times an ONNX model's inference instead, on random values", "FILE");
    private readonly Option<string[]> _modes = Values.Choices("--modes", "What to time", [EngineBenchmark.Train, EngineBenchmark.Infer]);
    private readonly Option<int?> _batch = Values.Whole("--batch", "Images a batch", 1, 4096, 64);
    private readonly Option<int?> _iterations = Values.Whole("--iterations", "Timed iterations; the figure is their median", 1, 10_000, 8);
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();
    private readonly Option<string?> _isa =
        Values.Choice("--isa", "Vector width to force (the widest of this machine where not given)", IsaNames)!;
    private readonly Option<bool> _direct = EngineOptions.Direct();
    private readonly DeviceOptions _device = new();
    private readonly Option<bool> _layers = Values.Flag("--layers", "Each layer's time, speed and share of the machine's measured peak");
    private readonly Option<string?> _compare =
        new("--compare") { Description = "JSON lines of another program's figures; prints the ratios to them", HelpName = "FILE" };
    private readonly Option<bool> _json = Values.Flag("--json", "One JSON line a figure");
    private readonly Option<string?> _faces = Values.Text(
        "--faces", "Measures instead how much accuracy a model loses behind the face detector, on PublicTest of --data", "MODEL");
    private readonly Option<string?> _transform = Values.Text(
        "--transform", "Times instead scoring a data view, by our transformer and by ML.NET's of the same zip, on PublicTest of --data",
        "MODEL");
    private readonly Option<int?> _rows = Values.Whole("--rows", "With --transform: faces to score", 1, int.MaxValue, 500);
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Times reading FER2013 instead, against CsvHelper and ML.NET's TextLoader; without FILE the one in data/",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<bool> _serve =
        Values.Flag("--serve", "Times the server of 'serve' under load instead, beside the model without it");
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<string?> _frames = Values.Text(
        "--frames", "Times instead what the server does with a camera's frame, from the bytes to the faces' emotions", "PICTURE");
    private readonly Option<int?> _connections = Values.Whole("--connections", "With --serve: connections that ask at a time", 1, 1024, 64);
    private readonly Option<double?> _seconds =
        Values.Number("--seconds", "With --serve and --frames: how long to ask", 0, 86400, "SECONDS", 10, above: true);
    private readonly Option<double?> _warmUp = Values.Number(
        "--warm-up", "Runs networks and frames for so long before they are timed: a young process is slower", 0, 600, "SECONDS", 2);

    public string Name => "bench";

    public string Description =>
        "Times the engine on the reference networks, the data loader, a camera's frames or the server, or measures the face detector.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("bench", "images a second of all reference networks, training and inference"),
        ("bench --nets rthin48 --modes train --json", "one figure, as a JSON line"),
        ("bench --nets vgg40 --isa vector256 --threads 1", "one core with 256-bit vectors"),
        ("bench --compare torch.jsonl", "beside another program's figures, as ratios"),
        ("bench --nets resnet18_48 --layers", "where the time goes"),
        ("bench --onnx resnet50.onnx --batch 8 --layers", "inference of any network, and where its time goes"),
        ("bench --data data/fer2013.csv", "rows a second of the loader, of CsvHelper and of ML.NET's TextLoader"),
        ("bench --device cuda", "training steps on a graphics card"),
        ("bench --faces model.zip", "accuracy on faces found in pictures beside that on the faces themselves"),
        ("bench --transform model.zip", "faces a second of Transform, ours beside ML.NET's"),
        ("bench --frames photo.jpg", "frames a second from a camera, and where the milliseconds go"),
        ("bench --serve --connections 64 --seconds 60", "the server under load: answers a second, waiting times, memory"),
    ];

    public IEnumerable<Option> Options =>
    [
        _nets, _onnx, _modes, _batch, _iterations, _threads, _isa, _direct, .. _device.All, _layers, _compare, _json, _data,
        _serve, _model, _connections, _seconds, _warmUp, _frames, _faces, _transform, _rows,
    ];

    public bool EndsAtOnce => true;

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        bool json = result.GetValue(_json);
        if (result.GetValue(_serve)) await ServerAsync(result, json, host, cancellationToken).ConfigureAwait(false);
        else if (result.GetValue(_frames) is { } picture)
            await FramesAsync(host.Resolve(picture), result, json, host, cancellationToken).ConfigureAwait(false);
        else if (result.GetValue(_faces) is { } model)
            Faces(host.Resolve(model), FindData(result.GetValue(_data), host), json, host, cancellationToken);
        else if (result.GetValue(_transform) is { } zip)
            Transform(host.Resolve(zip), FindData(result.GetValue(_data), host), result, json, host, cancellationToken);
        else if (result.GetResult(_data) is not null) Loader(FindData(result.GetValue(_data), host), json, host);
        else Engine(result, json, host, cancellationToken);
        return ExitCode.Done;
    }

    private async Task ServerAsync(ParseResult result, bool json, CommandHost host, CancellationToken cancellationToken)
    {
        var figure = await ServeBenchmark.RunAsync(ModelOption.PathOf(result, _model, host), result.GetValue(_connections)!.Value,
            result.GetValue(_seconds)!.Value, result.GetValue(_threads) ?? 0, cancellationToken).ConfigureAwait(false);
        host.Output.WriteLine(json ? JsonText.Write(figure.Write, indented: false) : figure.ToString());
    }

    private async Task FramesAsync(string picture, ParseResult result, bool json, CommandHost host, CancellationToken cancellationToken)
    {
        var figure = await FrameBenchmark.RunAsync(ModelOption.PathOf(result, _model, host), picture,
            result.GetValue(_seconds)!.Value, WarmUp(result), result.GetValue(_threads) ?? 0, cancellationToken).ConfigureAwait(false);
        host.Output.WriteLine(json ? JsonText.Write(figure.Write, indented: false) : figure.ToString());
    }

    private void Transform(string model, string data, ParseResult result, bool json, CommandHost host, CancellationToken cancellationToken)
    {
        var figure = TransformBenchmark.Run(model, data, result.GetValue(_rows)!.Value, result.GetValue(_threads) ?? 0, cancellationToken);
        host.Output.WriteLine(json ? JsonText.Write(figure.Write, indented: false) : figure.ToString());
    }

    private TimeSpan WarmUp(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(_warmUp)!.Value);

    private static string FindData(string? given, CommandHost host)
    {
        if (given is not null) return host.Resolve(given);
        return DataLocator.FindIn(host.Folders.Data)
            ?? throw new FerUsageException($"There is no FER2013 file in {host.Shorten(host.Folders.Data)}. Name one: --data FILE.");
    }

    private void Engine(ParseResult result, bool json, CommandHost host, CancellationToken cancellationToken)
    {
        using var pool = new WorkerPool(result.GetValue(_threads) ?? 0, Isa(result.GetValue(_isa)))
        {
            AllowsWinograd = !result.GetValue(_direct),
        };
        var peers = result.GetValue(_compare) is { } file ? PeerFigures.Load(host.Resolve(file)) : null;
        bool layers = result.GetValue(_layers);
        double peak = layers ? MachinePeak.GigaFlops(pool) : 0;
        if (layers)
        {
            host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Measured peak of {pool.Threads} threads: {peak:F0} GFLOP/s, " +
                $"a dispatch to them {MachinePeak.DispatchMicroseconds(pool):F1} µs"));
        }
        var device = _device.Apply(result, host, new ImageClassificationTrainer.Options { Threads = pool.Threads });
        string where = _device.IsCpu(result) ? $"{pool.Threads} threads, {pool.InstructionSet}" : $"{device.Device}, training";
        host.Error.WriteLine($"{where}, batch {result.GetValue(_batch)}");
        int batch = result.GetValue(_batch)!.Value, iterations = result.GetValue(_iterations)!.Value;
        var model = result.GetValue(_onnx) is { } onnx ? ReadModel(host.Resolve(onnx), result) : null;
        foreach (string net in model is null ? result.GetRequiredValue(_nets) : [Path.GetFileName(result.GetValue(_onnx)!)])
        {
            foreach (string mode in model is null ? result.GetRequiredValue(_modes) : [EngineBenchmark.Infer])
            {
                var warmUp = WarmUp(result);
                if (!_device.IsCpu(result) && (model is not null || mode != EngineBenchmark.Train)) continue;
                var figure = !_device.IsCpu(result)
                    ? DeviceBenchmark.Run(net, batch, iterations, warmUp, device, cancellationToken)
                    : model is null ? EngineBenchmark.Run(net, mode, batch, iterations, warmUp, layers, pool, cancellationToken)
                    : EngineBenchmark.Run(model, net, mode, batch, iterations, warmUp, layers, pool, cancellationToken);
                host.Output.WriteLine(json
                    ? JsonText.Write(w => Write(w, figure), indented: false)
                    : string.Create(CultureInfo.InvariantCulture,
                        $"{figure.Net,-12} {figure.Mode,-6} {figure.ImagesPerSecond,9:F1} images/s"));
                foreach (var peer in peers?.For(figure) ?? [])
                {
                    host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"  {figure.ImagesPerSecond / peer.ImagesPerSecond:F2} times the {peer.ImagesPerSecond:F1} images/s " +
                        $"of {peer.Dtype} in {Path.GetFileName(result.GetValue(_compare))}"));
                }
                foreach (var layer in figure.Layers) host.Error.WriteLine("  " + LayerLine(layer, peak));
                if (!_device.IsCpu(result)) continue;
                host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  buffers {figure.PlannedBytes / 1048576.0:F0} MiB, the process's peak so far {PeakMemory() / 1048576.0:F0} MiB"));
                host.Output.Flush();
            }
        }
    }

    private Network ReadModel(string path, ParseResult result)
    {
        if (result.GetResult(_modes) is { Implicit: false } && result.GetRequiredValue(_modes).Contains(EngineBenchmark.Train))
            throw new FerUsageException("--onnx times inference alone; leave --modes out, or take --modes infer.");
        if (result.GetResult(_nets) is { Implicit: false })
            throw new FerUsageException("--onnx and --nets cannot go together: one names a file, the other reference networks.");
        var network = OnnxReader.Read(path);
        if (network.Inputs.Count != 1)
            throw new FerException($"{path}: has {network.Inputs.Count} inputs; only networks of one input can be timed.");
        return network;
    }

    private static long PeakMemory()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>Speeds count the multiply-accumulates of direct sums, so minimal filtering may pass the peak.</summary>
    private static string LayerLine(LayerFigure layer, double peak)
    {
        double speed = 2 * layer.MultiplyAccumulates / (layer.Forward + layer.Backward) / 1e9;
        string rate = layer.MultiplyAccumulates > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{speed,7:F1} GFLOP/s {speed / peak,6:P0} of peak")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{layer.Name,-10} {layer.Method,-9} {layer.Shape,-11} " +
            $"forward {1e3 * layer.Forward,8:F2} ms  backward {1e3 * layer.Backward,8:F2} ms {rate}").TrimEnd();
    }

    private static void Loader(string path, bool json, CommandHost host)
    {
        var benchmark = DataBenchmark.Measure(path);
        foreach (var speed in new[] { benchmark.Ours, benchmark.CsvHelper, benchmark.TextLoader, benchmark.OursGzipped })
        {
            if (speed is null) continue;
            host.Output.WriteLine(json
                ? JsonText.Write(w => Write(w, speed), indented: false)
                : string.Create(CultureInfo.InvariantCulture,
                    $"{speed.Reader,-15} {speed.RowsPerSecond,9:F0} rows/s {speed.MegabytesPerSecond,7:F0} MB/s"));
        }
        if (json) return;
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{benchmark.Ratio(benchmark.CsvHelper):F1} times CsvHelper's speed, " +
            $"{benchmark.Ratio(benchmark.TextLoader):F1} times that of ML.NET's TextLoader"));
    }

    private static void Faces(string path, string data, bool json, CommandHost host, CancellationToken cancellationToken)
    {
        using var model = FerModel.Load(path);
        using var finder = FaceFinder.Load(FaceFinderOptions.Live);
        var faces = FaceDataset.Load(data, LabelScheme.Parse(model.Manifest.Scheme))[Usage.PublicTest];
        foreach (var figure in FacePathBenchmark.Run(model, finder, faces, FacePathBenchmark.Framings, seed: 1, cancellationToken))
        {
            host.Output.WriteLine(json
                ? JsonText.Write(w => Write(w, figure), indented: false)
                : string.Create(CultureInfo.InvariantCulture,
                    $"scale {figure.Framing.Scale:F2}, down {figure.Framing.Down,5:F2}, " +
                    $"{(figure.Framing.Upright ? "upright" : "as it is")}: found {figure.Found} of {figure.Faces}, " +
                    $"accuracy {figure.Through:F4}, direct {figure.Direct:F4}, loss {figure.Loss:F2} points"));
        }
    }

    private static void Write(Utf8JsonWriter json, FacePathFigure figure)
    {
        json.WriteStartObject();
        json.WriteFigure("scale", figure.Framing.Scale, 3);
        json.WriteFigure("down", figure.Framing.Down, 3);
        json.WriteBoolean("upright", figure.Framing.Upright);
        json.WriteNumber("faces", figure.Faces);
        json.WriteNumber("found", figure.Found);
        json.WriteFigure("accuracy", figure.Through);
        json.WriteFigure("direct", figure.Direct);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DataReaderSpeed speed)
    {
        json.WriteStartObject();
        json.WriteString("reader", speed.Reader);
        json.WriteNumber("rows", speed.Rows);
        json.WriteFigure("seconds", speed.Seconds, 4);
        json.WriteFigure("rows_per_second", speed.RowsPerSecond, 1);
        json.WriteFigure("megabytes_per_second", speed.MegabytesPerSecond, 1);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EngineFigure figure)
    {
        json.WriteStartObject();
        json.WriteString("net", figure.Net);
        json.WriteString("mode", figure.Mode);
        json.WriteString("dtype", figure.Dtype);
        json.WriteFigure("images_per_second", figure.ImagesPerSecond, 1);
        json.WriteEndObject();
    }

    private static InstructionSet? Isa(string? name)
    {
        if (name is null) return null;
        var isa = (InstructionSet)Array.IndexOf(IsaNames, name);
        if (isa > InstructionSets.Best)
            throw new FerUsageException($"This machine has no {name}; its widest is {IsaNames[(int)InstructionSets.Best]}.");
        return isa;
    }
}
