using System.Net;
using System.Net.WebSockets;
using Fer.Pipeline;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class AllowedOriginTests
{
    private const string App = "https://app.example:8443";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<HttpResponseMessage> Send(
        RunningServer server, HttpMethod method, string path, string origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.SendAsync(request, Cancel);
    }

    private static string? Allowed(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? string.Join(' ', values) : null;

    [Theory]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("HTTPS://App.Example:443/", "https://app.example")]
    [InlineData("http://localhost:3000", "http://localhost:3000")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    public void An_origin_is_read_and_written_as_browsers_write_it(string text, string origin) =>
        Assert.Equal(origin, AllowedOrigin.Parse(text));

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example")]
    [InlineData("app.example")]
    [InlineData("https://app.example/page")]
    [InlineData("https://app.example/?a=b")]
    [InlineData("https://user@app.example")]
    [InlineData("file:///")]
    [InlineData("null")]
    [InlineData("")]
    public async Task What_is_no_origin_is_refused_before_the_server_starts(string text) => Assert.Contains("https://app.example",
        (await Assert.ThrowsAsync<FerUsageException>(() => RunningServer.StartAsync(new() { AllowedOrigins = [text] }))).Message);

    [Fact]
    public async Task A_named_web_app_may_ask_read_problems_and_open_the_live_camera_and_no_other_may()
    {
        await using var server = await RunningServer.StartAsync(new() { AllowedOrigins = ["http://localhost:3000", App] });
        var answer = await Send(server, HttpMethod.Get, "v1/model", App, ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(App, Allowed(answer));
        Assert.Contains("Origin", answer.Headers.Vary);
        var problem = await Send(server, HttpMethod.Post, "v1/predict", App);
        Assert.Equal(App, Allowed(problem));
        await RunningServer.ProblemAsync(problem, 415);
        using (var socket = new ClientWebSocket())
        {
            socket.Options.SetRequestHeader("Origin", App);
            socket.Options.AddSubProtocol(RequestGuard.LiveProtocol);
            await socket.ConnectAsync(new Uri(server.Server.Url.Replace("http", "ws") + Routes.Live), Cancel);
        }
        string[] others = ["https://app.example", "http://app.example:8443", App + ".evil.example", "https://evil.example", "null"];
        foreach (string other in others)
        {
            var refused = await Send(server, HttpMethod.Get, "v1/model", other);
            Assert.Null(Allowed(refused));
            await RunningServer.ProblemAsync(refused, 403, "--allow-origin");
        }
    }

    [Fact]
    public async Task The_browsers_question_before_a_request_is_answered_for_named_web_apps_alone()
    {
        await using var server = await RunningServer.StartAsync(new() { AllowedOrigins = [App] });
        (string, string)[] asks =
            [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,x-api-key")];
        var answer = await Send(server, HttpMethod.Options, "v1/predict", App, asks);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(App, Allowed(answer));
        Assert.Contains("POST", string.Join(' ', answer.Headers.GetValues("Access-Control-Allow-Methods")));
        Assert.Contains("X-Api-Key", string.Join(' ', answer.Headers.GetValues("Access-Control-Allow-Headers")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        await RunningServer.ProblemAsync(await Send(server, HttpMethod.Options, "v1/predict", "https://evil.example", asks), 403);
    }
}
