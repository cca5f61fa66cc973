using System.CommandLine;
using Fer.Pipeline;
using Fer.Server;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Asks a server whether it answers, for what restarts it where it does not.</summary>
internal sealed class HealthCommand : ICommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Argument<string> _url = new("URL")
    {
        Description = "Where the server is",
        DefaultValueFactory = _ => $"http://{new ServeOptions().Listen}",
    };

    public string Name => "health";

    public string Description => "Says whether a server ('serve') answers, with exit code 0 if it does: a container's health check.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("health", "the server at its usual place, http://localhost:5080"),
        ("health https://localhost:5443", "one with a certificate, which is not looked at on this machine"),
    ];

    public IEnumerable<Option> Options => [];

    public IEnumerable<Argument> Arguments => [_url];

    public async Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string given = result.GetRequiredValue(_url);
        if (!Uri.TryCreate(given, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            throw new FerUsageException($"'{given}' is no address of a server; it takes one such as http://localhost:5080.");
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        // A certificate names the machine as others know it.
        if (url.IsLoopback) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var response = await client.GetAsync(new Uri(url, Routes.Health), cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new FerException($"{given}: it answers {(int)response.StatusCode}, not that it is well.");
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string why = e is HttpRequestException ? e.Message : $"nothing came within {Patience.TotalSeconds} seconds";
            throw new FerException($"{given}: no answer ({why}).", e);
        }
        host.Output.WriteLine($"{given}: it answers.");
        return ExitCode.Done;
    }
}
