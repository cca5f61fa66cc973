using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Fer.Pipeline;

namespace Fer.Tests.Server;

/// <summary>
/// Whatever comes over the line, it is answered, refused with a reason or let go: no failure, nothing kept, and the next is served.
/// </summary>
public sealed class ServerFuzzTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private static readonly int[] Answers =
        [101, 200, 400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 421, 422, 426, 431, 501, 505];

    [Fact]
    public async Task Odd_requests_are_answered_or_refused()
    {
        await using var server = await Start();
        Fuzz.Run(200, 61, (int _, ref RandomStream random) => OddRequest.Of(ref random), request =>
        {
            string answer = Encoding.UTF8.GetString(Talk(server, request)).Replace("HTTP/1.1 100 Continue\r\n\r\n", "");
            // Nothing at all is for those who end the line within their request.
            if (answer.Length == 0) throw new FerException("no answer");
            int status = int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
            Assert.True(Answers.Contains(status), $"{answer}\n{server.Log}\n{Encoding.Latin1.GetString(request)}");
            int body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            // To HEAD there are headers alone.
            if (answer.Length > body && answer[..body].Contains("application/problem+json", StringComparison.OrdinalIgnoreCase))
            {
                using var problem = JsonDocument.Parse(Content(answer, body));
                Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
                Assert.DoesNotContain(" at Fer.", answer);
            }
            if (status != 200) throw new FerException(answer);
        }).MustHaveBoth(30);
        await AssertSound(server);
    }

    [Fact]
    public async Task Odd_frames_are_answered_or_end_the_connection()
    {
        await using var server = await Start();
        Fuzz.Run(100, 62, (int _, ref RandomStream random) => OddFrames.Of(ref random), frames =>
        {
            byte[] answer = Talk(server, frames);
            // A frame that was looked at is answered with its faces.
            if (answer.AsSpan().IndexOf("\"faces\":"u8) < 0) throw new FerException("no frame was answered");
        }).MustHaveBoth(30);
        await AssertSound(server);
    }

    [Fact]
    public async Task Chunks_that_are_none_are_a_bad_request()
    {
        await using var server = await Start();
        byte[] answer = Talk(server, Encoding.ASCII.GetBytes("POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\n" +
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 400 ", Encoding.ASCII.GetString(answer));
        await AssertSound(server);
    }

    private static Task<RunningServer> Start() =>
        RunningServer.StartAsync(new() { MaxBodyBytes = 100_000, MaxPixels = 100_000, HeaderSeconds = 30 }, new HalvesFinder());

    /// <summary>What the server says until it ends the connection, which it must.</summary>
    private static byte[] Talk(RunningServer server, byte[] said)
    {
        using var client = new TcpClient("127.0.0.1", new Uri(server.Server.Url).Port);
        client.ReceiveTimeout = 20_000;
        var heard = new MemoryStream();
        try
        {
            var line = client.GetStream();
            line.Write(said);
            // To half of a request there is no answer: after a moment the end of the line says that no more comes.
            var part = new byte[1 << 16];
            while (client.Client.Poll(Moment, SelectMode.SelectRead))
            {
                int read = line.Read(part);
                if (read == 0) return heard.ToArray();
                heard.Write(part, 0, read);
            }
            client.Client.Shutdown(SocketShutdown.Send);
            line.CopyTo(heard);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: not SocketError.TimedOut })
        {
            // Whoever goes on after the end of a connection is reset.
        }
        return heard.ToArray();
    }

    /// <summary>The body of an answer, of chunks or not.</summary>
    private static string Content(string answer, int body)
    {
        int start = answer.IndexOf('{', body), end = answer.LastIndexOf('}');
        return answer[start..(end + 1)];
    }

    private static async Task AssertSound(RunningServer server)
    {
        Assert.True((await server.PostAsync("v1/predict", RunningServer.Face())).IsSuccessStatusCode);
        // A connection that is gone may take a moment to be let go.
        string metrics;
        int tries = 0;
        do
        {
            metrics = await server.Client.GetStringAsync("metrics", RunningServer.Cancel);
            if (tries++ > 0) await Task.Delay(10, RunningServer.Cancel);
        }
        while (tries < 500 && !(metrics.Contains("fer_body_bytes 0\n", StringComparison.Ordinal)
            && metrics.Contains("fer_requests_in_progress 0\n", StringComparison.Ordinal)
            && metrics.Contains("fer_live_sessions 0\n", StringComparison.Ordinal)));
        Assert.True(tries < 500, metrics);
        Assert.Empty(server.Log.ToString());
    }
}
