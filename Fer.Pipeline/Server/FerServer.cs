using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Fer.Pipeline;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fer.Server;

/// <summary>
/// The web app and its REST interface over a model. Pictures stay in memory while they are analysed and are then discarded.
/// <code>
/// using var model = FerModel.Load("artifacts/first/model.zip");
/// await using var server = await FerServer.StartAsync(model, new ServeOptions { Listen = "localhost:5080" });
/// Console.WriteLine(server.Url);
/// </code>
/// </summary>
public sealed class FerServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServerServices _services;
    private readonly ServerLog _log;
    private readonly X509Certificate2? _certificate;
    private bool _isStopped;

    private FerServer(WebApplication app, ServerServices services, ServerLog log, X509Certificate2? certificate) =>
        (_app, _services, _log, _certificate) = (app, services, log, certificate);

    /// <summary>Where the page is, for instance <c>http://localhost:5080</c>.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What the server counts.</summary>
    internal ServerMetrics Metrics => _services.Metrics;

    /// <summary>Requests for predictions that are being answered.</summary>
    internal int RequestsInProgress => _services.Limiter.InProgress;

    /// <summary>Starts serving.</summary>
    /// <param name="model">The model; it must outlive the server.</param>
    /// <param name="options">Where to listen and what to allow.</param>
    /// <param name="log">Where the log goes; null for none.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="FerUsageException">An option makes no sense, or other machines could use the model without a key.</exception>
    /// <exception cref="FerException">The address is taken or not this machine's, or a file in the options is unusable.</exception>
    public static Task<FerServer> StartAsync(
        FerModel model, ServeOptions options, TextWriter? log = null, CancellationToken cancellationToken = default)
    {
        return StartAsync(model, NewFinder, options, log ?? TextWriter.Null, TimeProvider.System, cancellationToken);

        IFaceFinder? NewFinder() => options.Detect ? new BlazeFaces(options.Photographs, options.Frames, options.Threads) : null;
    }

    internal static async Task<FerServer> StartAsync(
        FerModel model, Func<IFaceFinder?> newFinder, ServeOptions options, TextWriter log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        options.Check();
        UnusedMemory.KeepLittle();
        var address = ListenAddress.Parse(options.Listen);
        if (!address.IsLoopback && options.ApiKeyFile is null)
        {
            throw new FerUsageException($"{options.Listen} can be reached from other machines: name a file of keys with --api-key-file, " +
                "or listen on localhost. Add --certificate, or the keys and the pictures cross the network in the clear.");
        }
        var keys = options.ApiKeyFile is { } file ? ApiKeys.Load(file) : null;
        var certificate = ServerCertificate.Load(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, address, options, certificate, time));
        builder.Services.AddRoutingCore();
        builder.Services.AddCors();
        // Whoever starts the server stops it; nothing here listens to signals.
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownSeconds));
        var finder = newFinder();
        var app = builder.Build();
        var serverLog = new ServerLog(log, time);
        var guard = new RequestGuard(options.AllowedHosts, [.. options.AllowedOrigins.Select(AllowedOrigin.Parse)], keys);
        var services = new ServerServices(model, finder, options, guard, serverLog, time, app.Lifetime.ApplicationStopping);
        var server = new FerServer(app, services, serverLog, certificate);
        try
        {
            Routes.Map(app, services);
            // The first pass packs the weights; better now than in the first request.
            model.Predict(new byte[options.MaxBatch * Face.PixelCount], options.MaxBatch);
            services.Models.First.WarmUp();
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            if (e is AddressInUseException || e.InnerException is AddressInUseException)
                throw new FerException($"{options.Listen}: another program listens there. Choose another port with --listen.", e);
            if (e is IOException or SocketException)
                throw new FerException($"{options.Listen}: cannot listen there ({e.Message}). Is it an address of this machine?", e);
            throw;
        }
        server.Url = UrlOf(app, address, certificate is not null);
        string?[] secrets = [options.ApiKeyFile, options.CertificateKey ?? options.Certificate, options.CertificatePasswordFile];
        foreach (string secret in secrets.OfType<string>())
            if (SecretFile.Warning(secret) is { } warning) serverLog.Write(warning);
        serverLog.Begin(services.Metrics, options.LogSeconds);
        return server;
    }

    /// <summary>
    /// Takes no new requests, finishes those it has accepted within <see cref="ServeOptions.ShutdownSeconds"/>, and closes live
    /// cameras' connections.
    /// </summary>
    public async Task StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        await _app.StopAsync().ConfigureAwait(false);
    }

    /// <summary>Stops, and frees everything but the model.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        _certificate?.Dispose();
    }

    private static void Configure(
        KestrelServerOptions kestrel, ListenAddress address, ServeOptions options, X509Certificate2? certificate, TimeProvider time)
    {
        System.Net.IPNetwork[] proxies = [.. options.TrustedProxies.Select(TrustedProxies.Parse)];
        var gate = new ConnectionGate(
            options.MaxConnections, options.MaxConnectionsPerAddress, address => TrustedProxies.Contains(proxies, address), time);
        kestrel.AddServerHeader = false;
        // RequestBody limits what it reads and says so; a limit here would drop the connection before the client reads the answer.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(options.HeaderSeconds);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(Math.Max(options.HeaderSeconds, options.RequestSeconds));
        // RequestSeconds ends a slow body; a minimum rate as well would cut off honest clients on bad lines.
        kestrel.Limits.MinRequestBodyDataRate = null;
        address.Apply(kestrel, listen =>
        {
            // Before TLS: a handshake that never comes is a silent connection too.
            listen.Use(next => connection => gate.ServeAsync(connection, next));
            if (certificate is not null) listen.UseHttps(certificate);
        });
    }

    private static string UrlOf(WebApplication app, ListenAddress address, bool secure)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        // A URL cannot hold the addresses that stand for all.
        string bound = addresses.First().Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        int port = new Uri(bound).Port;
        return string.Create(CultureInfo.InvariantCulture, $"{(secure ? "https" : "http")}://{address with { Port = port }}");
    }

    /// <summary>A lifetime that waits for nothing.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
