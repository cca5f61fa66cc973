using System.CommandLine;
using Fer.Options;
using Fer.Server;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Serves the page and the REST interface until told to stop.</summary>
internal sealed class ServeCommand : ICommand
{
    private static readonly ServeOptions Defaults = new();

    private readonly Option<string?> _model = ModelOption.Create(orOnnx: true);
    private readonly OnnxModelOptions _onnx = new();
    private readonly DetectorOptions _detector = new(Defaults.Photographs);
    private readonly Option<bool> _cropped = Values.Flag(
        "--cropped", "Looks for no faces: a picture is one cropped face, and the page offers a frame to put over it");
    private readonly Option<string> _listen = new("--listen")
    {
        Description = "Where to listen: a port, localhost:PORT or ADDRESS:PORT. Other machines can connect only with --api-key-file",
        HelpName = "PLACE",
        DefaultValueFactory = _ => Defaults.Listen,
    };
    private readonly Option<string?> _keys =
        Values.Text("--api-key-file", "A file of keys, one a line; requests must then name one", "FILE");
    private readonly Option<string[]> _hosts = new("--allow-host")
    {
        Description = "A name, besides localhost, that browsers may know this server by; may be repeated",
        HelpName = "NAME",
    };
    private readonly Option<string[]> _origins = new("--allow-origin")
    {
        Description = "A web app elsewhere (scheme, name and port) whose pages may ask this server; may be repeated",
        HelpName = "ORIGIN",
    };
    private readonly Option<string[]> _proxies = new("--trusted-proxy")
    {
        Description = "A reverse proxy, address or network, whose X-Forwarded headers are believed; may be repeated",
        HelpName = "ADDRESS",
    };
    private readonly Option<int?> _connections = Values.Whole(
        "--max-connections", "Most connections at a time; a further one ends one that says nothing", 1, 100_000, Defaults.MaxConnections);
    private readonly Option<int?> _perAddress = Values.Whole(
        "--max-connections-per-address", "Most connections at a time of one address, as above", 1, 100_000,
        Defaults.MaxConnectionsPerAddress);
    private readonly Option<string?> _certificate =
        Values.Text("--certificate", "Serves HTTPS with this certificate, PEM or PKCS #12", "FILE");
    private readonly Option<string?> _certificateKey =
        Values.Text("--certificate-key", "The certificate's key as PEM, where it is in a file of its own", "FILE");
    private readonly Option<string?> _certificatePassword =
        Values.Text("--certificate-password-file", "A file whose first line is the certificate's password", "FILE");
    private readonly Option<double?> _megabytes =
        Values.Number("--max-megabytes", "Most megabytes of a request", 0, 1024, "MB", Defaults.MaxBodyBytes / 1048576.0, above: true);
    private readonly Option<double?> _megapixels =
        Values.Number("--max-megapixels", "Most million pixels of a picture", 0, 64, "MP", Defaults.MaxPixels / 1e6, above: true);
    private readonly Option<int?> _pictures = Values.Whole("--max-pictures", "Most pictures of a request", 1, 10_000, Defaults.MaxPictures);
    private readonly Option<int?> _requests =
        Values.Whole("--max-requests", "Most requests at a time; more are answered 503", 1, 100_000, Defaults.MaxRequests);
    private readonly Option<int?> _perClient = Values.Whole(
        "--max-requests-per-client", "Most requests at a time of one client; more are answered 429", 1, 100_000,
        Defaults.MaxRequestsPerClient);
    private readonly Option<int?> _live = Values.Whole("--max-live", "Most live cameras at a time", 0, 1000, Defaults.MaxLiveSessions);
    private readonly Option<double?> _frameRate = Values.Number("--live-frame-rate",
        "Frames a second that a live camera wants answered; where the machine is busy, fewer views of each face make it so", 0, 1000, "FPS",
        Defaults.LiveFrameRate, above: true);
    private readonly Option<double?> _timeout = Values.Number(
        "--timeout-seconds", "Most seconds that a request may take", 0, 3600, "SECONDS", Defaults.RequestSeconds, above: true);
    private readonly Option<int?> _batch =
        Values.Whole("--max-batch", "Most faces that go through the network together", 1, 1024, Defaults.MaxBatch);
    private readonly Option<double?> _wait = Values.Number(
        "--max-wait-ms", "Most milliseconds that a face waits for others to share its pass", 0, 1000, "MS", Defaults.MaxWaitMilliseconds);
    private readonly Option<double?> _log = Values.Number(
        "--log-seconds", "Seconds between the lines about where the time goes; 0 writes none", 0, 86400, "SECONDS", Defaults.LogSeconds);
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();

    public string Name => "serve";

    public string Description => "Serves a page that reads emotions from the camera and from pictures, and a REST interface. " +
        "Pictures stay in this machine's memory and are not kept. Ctrl+C finishes what was accepted and ends.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("serve", "your newest model, or the one that comes with FerMl, on http://localhost:5080"),
        ("serve --model artifacts/first/model.zip --listen 8080", "a certain model on another port"),
        ("serve --listen 0.0.0.0:5443 --api-key-file keys.txt --certificate server.pfx", "for other machines, with keys and over HTTPS"),
    ];

    public IEnumerable<Option> Options =>
    [
        _model, .. _onnx.All, _listen, _keys, _hosts, _origins, _proxies, _certificate, _certificateKey, _certificatePassword,
        _megabytes, _megapixels, _pictures, _requests, _perClient, _connections, _perAddress, _live, _frameRate, _timeout, _batch,
        _wait, _log, _threads, _cropped, .. _detector.All,
    ];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        var options = ReadOptions(result, host);
        var (model, path) = ModelOption.Load(result, _model, _onnx, host, options.Threads);
        using var _ = model;
        options = options with { ModelName = ModelFiles.NameOf(path), OtherModels = () => ModelFiles.Beside(host, path) };
        await using var server = await FerServer.StartAsync(model, options, host.Error, cancellationToken).ConfigureAwait(false);
        host.Output.WriteLine($"{server.Url} serves {host.Shorten(path)} " +
            $"({model.Manifest.Architecture}, {model.ClassNames.Count} classes). Ctrl+C ends.");
        await host.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The only way that serving ends, and so no failure.
        }
        await server.StopAsync().ConfigureAwait(false);
        host.Error.WriteLine("Stopped; what was accepted is answered.");
        return ExitCode.Done;
    }

    private ServeOptions ReadOptions(ParseResult result, CommandHost host)
    {
        string? File(Option<string?> option) => result.GetValue(option) is { } path ? host.Resolve(path) : null;
        return new()
        {
            Listen = result.GetRequiredValue(_listen),
            Detect = !result.GetValue(_cropped),
            Photographs = _detector.Read(result, Defaults.Photographs),
            Frames = _detector.Read(result, Defaults.Frames),
            Threads = result.GetValue(_threads) ?? 0,
            ApiKeyFile = File(_keys),
            AllowedHosts = result.GetValue(_hosts) ?? [],
            AllowedOrigins = result.GetValue(_origins) ?? [],
            TrustedProxies = result.GetValue(_proxies) ?? [],
            Certificate = File(_certificate),
            CertificateKey = File(_certificateKey),
            CertificatePasswordFile = File(_certificatePassword),
            MaxBodyBytes = (int)(result.GetValue(_megabytes)!.Value * 1048576),
            MaxPixels = (int)(result.GetValue(_megapixels)!.Value * 1e6),
            MaxPictures = result.GetValue(_pictures)!.Value,
            MaxRequests = result.GetValue(_requests)!.Value,
            MaxRequestsPerClient = result.GetValue(_perClient)!.Value,
            MaxConnections = result.GetValue(_connections)!.Value,
            MaxConnectionsPerAddress = result.GetValue(_perAddress)!.Value,
            MaxLiveSessions = result.GetValue(_live)!.Value,
            LiveFrameRate = result.GetValue(_frameRate)!.Value,
            RequestSeconds = result.GetValue(_timeout)!.Value,
            MaxBatch = result.GetValue(_batch)!.Value,
            MaxWaitMilliseconds = result.GetValue(_wait)!.Value,
            LogSeconds = result.GetValue(_log)!.Value,
        };
    }
}
