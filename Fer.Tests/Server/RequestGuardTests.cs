using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Fer.Pipeline;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class RequestGuardTests : IDisposable
{
    private const string Key = "0123456789abcdef-first", Second = "fedcba9876543210-second";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private string Keys() => _folder.Write("keys.txt", $"# two keys\n{Key}\n\n  {Second}  \n");

    private static async Task<HttpResponseMessage> Get(RunningServer server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.SendAsync(request, Cancel);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example:80")]
    public async Task A_strangers_name_for_this_server_is_not_answered(string host)
    {
        await using var server = await RunningServer.StartAsync();
        foreach (string path in (string[])["/", "v1/model", "healthz", "nothing"])
            await RunningServer.ProblemAsync(await Get(server, path, ("Host", host)), 421, host.Split(':')[0]);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:99")]
    [InlineData("fer.localhost:80")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8080")]
    [InlineData("192.168.1.7:5080")]
    [InlineData("face.example")]
    public async Task Addresses_localhost_and_allowed_names_are_answered(string host)
    {
        await using var server = await RunningServer.StartAsync(new() { AllowedHosts = ["Face.Example"] });
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "v1/model", ("Host", host))).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Origin", "nonsense")]
    [InlineData("Origin", "ftp://SELF")]
    [InlineData("Origin", "chrome-extension://SELF")]
    [InlineData("Origin", "moz-extension://SELF")]
    [InlineData("Origin", "file://SELF")]
    [InlineData("Origin", "ws://SELF")]
    [InlineData("Origin", "http://user@SELF")]
    [InlineData("Origin", "http://SELF/path")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_is_refused(string header, string value)
    {
        await using var server = await RunningServer.StartAsync();
        value = value.Replace("SELF", new Uri(server.Server.Url).Authority, StringComparison.Ordinal);
        await RunningServer.ProblemAsync(await Get(server, "v1/model", (header, value)), 403, "another site");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(header, value);
        socket.Options.AddSubProtocol(RequestGuard.LiveProtocol);
        await Assert.ThrowsAsync<WebSocketException>(
            () => socket.ConnectAsync(new Uri(server.Server.Url.Replace("http", "ws") + Routes.Live), Cancel));
    }

    [Theory]
    [InlineData("healthz", "text/plain")]
    [InlineData("v1/model", "application/json")]
    [InlineData("metrics", "text/plain")]
    [InlineData("openapi.json", "application/json")]
    public async Task HEAD_is_answered_as_GET_is_without_the_body(string path, string type)
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var response = await server.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Content.Headers.ContentLength > 0);
    }

    [Fact]
    public async Task The_page_itself_and_programs_are_answered()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "v1/model", ("Origin", server.Server.Url))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "v1/model", ("Sec-Fetch-Site", "same-origin"))).StatusCode);
        // A link to the page from elsewhere is fine.
        Assert.Equal(
            HttpStatusCode.OK, (await Get(server, "/", ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "v1/model")).StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key, true)]
    [InlineData("Authorization", "bearer  " + Second, true)]
    [InlineData("X-Api-Key", Second, true)]
    [InlineData("X-Api-Key", Key + "x", false)]
    [InlineData("X-Api-Key", "", false)]
    [InlineData("X-Api-Key", "# two keys", false)]
    [InlineData("Authorization", "Basic " + Key, false)]
    [InlineData("X-Other", Key, false)]
    public async Task With_keys_a_request_must_name_one(string header, string value, bool right)
    {
        await using var server = await RunningServer.StartAsync(new() { ApiKeyFile = Keys() });
        foreach (string path in (string[])["v1/model", "metrics"])
        {
            var response = await Get(server, path, (header, value));
            if (right)
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                continue;
            }
            var problem = await RunningServer.ProblemAsync(response, 401, "Authorization: Bearer");
            Assert.DoesNotContain(Key, problem.GetRawText());
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }
        // The page must load to ask for the key, and a health check needs none.
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get(server, "healthz")).StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData(null, false)]
    public async Task Only_a_named_proxy_is_believed_who_the_client_is(string? proxy, bool believed)
    {
        await using var server = await RunningServer.StartAsync(new() { TrustedProxies = proxy is null ? [] : [proxy] });
        (string, string)[] headers =
        [
            ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"),
        ];
        var response = await Get(server, "v1/model", headers);
        // The name that a proxy passes on must be one that is served; without a proxy the header says nothing.
        Assert.Equal(believed ? HttpStatusCode.MisdirectedRequest : HttpStatusCode.OK, response.StatusCode);
        headers[2] = ("X-Forwarded-Host", "192.0.2.1");
        response = await Get(server, "v1/model", headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(believed, response.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.0/99")]
    [InlineData("")]
    public async Task A_proxy_that_is_no_address_is_refused(string proxy) => Assert.Contains("10.0.0.0/8",
        (await Assert.ThrowsAsync<FerUsageException>(() => RunningServer.StartAsync(new() { TrustedProxies = [proxy] }))).Message);

    [Fact]
    public async Task Without_the_key_a_picture_is_refused_before_it_is_read()
    {
        await using var server = await RunningServer.StartAsync(new() { ApiKeyFile = Keys() });
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", RunningServer.Face()), 401);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        Assert.True((await server.PostAsync("v1/predict?faces=whole", RunningServer.Face())).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData(Key, true)]
    [InlineData("a wrong key that is long", false)]
    public async Task A_browser_names_its_key_as_a_protocol_of_the_live_camera(string key, bool right)
    {
        await using var server = await RunningServer.StartAsync(new() { ApiKeyFile = Keys() });
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(RequestGuard.LiveProtocol);
        socket.Options.AddSubProtocol(RequestGuard.KeyProtocolPrefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(key)).TrimEnd('=')
            .Replace('+', '-').Replace('/', '_'));
        var connect = socket.ConnectAsync(new Uri(server.Server.Url.Replace("http", "ws") + Routes.Live), Cancel);
        if (!right)
        {
            await Assert.ThrowsAsync<WebSocketException>(() => connect);
            return;
        }
        await connect;
        Assert.Equal(RequestGuard.LiveProtocol, socket.SubProtocol);
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    [InlineData("192.0.2.1:0")]
    public async Task Other_machines_cannot_connect_without_keys(string listen)
    {
        var e = await Assert.ThrowsAsync<FerUsageException>(
            () => FerServer.StartAsync(null!, new ServeOptions { Listen = listen }, cancellationToken: Cancel));
        Assert.Contains("--api-key-file", e.Message);
    }

    [Theory]
    [InlineData("# none\n\n", "holds no key")]
    [InlineData("short\n", "line 1")]
    [InlineData("0123456789abcdef0\nwith a blank in the middle\n", "line 2")]
    public void A_file_without_good_keys_is_refused(string text, string words)
    {
        var e = Assert.Throws<FerException>(() => ApiKeys.Load(_folder.Write("bad.txt", text)));
        Assert.Contains(words, e.Message);
        Assert.Contains("bad.txt", e.Message);
    }

    [Fact]
    public void A_missing_file_of_keys_is_named() =>
        Assert.Contains("none.txt", Assert.Throws<FerException>(() => ApiKeys.Load(_folder.File("none.txt"))).Message);
}
