using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class LiveSessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<ClientWebSocket> Connect(RunningServer server)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(RequestGuard.LiveProtocol);
        await socket.ConnectAsync(new Uri(server.Server.Url.Replace("http", "ws") + Routes.Live), Cancel);
        return socket;
    }

    private static Task Send(ClientWebSocket socket, uint number, byte[] picture)
    {
        var frame = new byte[4 + picture.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, number);
        picture.CopyTo(frame, 4);
        return socket.SendAsync(frame, WebSocketMessageType.Binary, true, Cancel);
    }

    private static Task SendText(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancel);

    private static async Task<JsonElement> Receive(ClientWebSocket socket)
    {
        var buffer = new byte[1 << 16];
        var got = await socket.ReceiveAsync(buffer, Cancel);
        Assert.True(got.EndOfMessage);
        Assert.Equal(WebSocketMessageType.Text, got.MessageType);
        return JsonDocument.Parse(buffer.AsMemory(0, got.Count)).RootElement;
    }

    private static async Task<WebSocketCloseStatus?> Closed(ClientWebSocket socket)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer, Cancel);
            if (got.MessageType != WebSocketMessageType.Close) continue;
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
            return got.CloseStatus;
        }
    }

    [Fact]
    public async Task Frames_are_answered_and_faces_keep_their_numbers()
    {
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        using var socket = await Connect(server);
        for (uint frame = 7; frame < 10; frame++)
        {
            await Send(socket, frame, TestPictures.Jpeg);
            var answer = await Receive(socket);
            Assert.Equal(frame, answer.GetProperty("frame").GetUInt32());
            Assert.Equal([1, 2], answer.GetProperty("faces").EnumerateArray().Select(f => f.GetProperty("id").GetInt32()));
            Assert.Equal(64, answer.GetProperty("image").GetProperty("width").GetInt32());
            Assert.True(answer.GetProperty("milliseconds").TryGetProperty("classify", out _));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        Assert.Contains("fer_live_frames_total{outcome=\"answered\"} 3\n", await server.Client.GetStringAsync("metrics", Cancel));
    }

    [Fact]
    public async Task The_newest_frame_wins_and_none_queue_up()
    {
        using var go = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder(() =>
        {
            begun.Release();
            go.Wait(Cancel);
        }));
        using var socket = await Connect(server);
        await Send(socket, 1, TestPictures.Jpeg);
        await begun.WaitAsync(Cancel);
        for (uint frame = 2; frame <= 50; frame++) await Send(socket, frame, TestPictures.Jpeg);
        // All of them are there before the first is done with.
        while (!(await server.Client.GetStringAsync("metrics", Cancel)).Contains("outcome=\"superseded\"} 48\n", StringComparison.Ordinal))
            await Task.Delay(5, Cancel);
        go.Release(2);
        Assert.Equal(1u, (await Receive(socket)).GetProperty("frame").GetUInt32());
        var last = await Receive(socket);
        Assert.Equal(50u, last.GetProperty("frame").GetUInt32());
        Assert.Equal(48, last.GetProperty("superseded").GetInt32());
    }

    [Fact]
    public async Task A_frame_that_cannot_be_read_is_a_problem_and_the_next_is_answered()
    {
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        using var socket = await Connect(server);
        await Send(socket, 1, TestPictures.Jpeg[..100]);
        Assert.Equal(422, (await Receive(socket)).GetProperty("problem").GetProperty("status").GetInt32());
        await Send(socket, 2, TestPictures.Jpeg);
        Assert.Equal(2, (await Receive(socket)).GetProperty("faces").GetArrayLength());
    }

    [Fact]
    public async Task A_box_takes_the_detectors_place_until_it_is_taken_back()
    {
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        using var socket = await Connect(server);
        await SendText(socket, """{"box":{"x":10,"y":5.5,"width":20,"height":30}}""");
        await Send(socket, 1, TestPictures.Jpeg);
        Assert.Equal(10, Assert.Single((await Receive(socket)).GetProperty("faces").EnumerateArray()).GetProperty("box").GetProperty("x")
            .GetDouble());
        await SendText(socket, """{"box":null}""");
        await Send(socket, 2, TestPictures.Jpeg);
        Assert.Equal(2, (await Receive(socket)).GetProperty("faces").GetArrayLength());
    }

    [Fact]
    public async Task A_frame_slower_than_the_time_limit_is_a_problem_and_the_connection_stays()
    {
        using var hold = new ManualResetEventSlim();
        await using var server = await RunningServer.StartAsync(new() { RequestSeconds = 0.5 }, new HalvesFinder(() => hold.Wait(Cancel)));
        using var socket = await Connect(server);
        await Send(socket, 1, TestPictures.Jpeg);
        var slow = await Receive(socket);
        Assert.Equal(1u, slow.GetProperty("frame").GetUInt32());
        Assert.Equal(503, slow.GetProperty("problem").GetProperty("status").GetInt32());
        Assert.Contains("0.5 seconds", slow.GetProperty("problem").GetProperty("detail").GetString());
        hold.Set();
        uint frame = 1;
        JsonElement answer;
        do
        {
            await Send(socket, ++frame, TestPictures.Jpeg);
            answer = await Receive(socket);
            Assert.Equal(frame, answer.GetProperty("frame").GetUInt32());
        }
        while (answer.TryGetProperty("problem", out _) && frame < 50); // A busy machine may be slow once more.
        Assert.Equal(2, answer.GetProperty("faces").GetArrayLength());
        Assert.Contains("fer_live_frames_total{outcome=\"failed\"}", await server.Client.GetStringAsync("metrics", Cancel));
    }

    [Fact]
    public async Task An_answer_is_described_by_the_settings_that_its_frame_was_looked_at_with()
    {
        using var go = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder(() =>
        {
            begun.Release();
            go.Wait(Cancel);
        }));
        using var socket = await Connect(server);
        await Send(socket, 1, TestPictures.Jpeg);
        await begun.WaitAsync(Cancel);
        await SendText(socket, """{"box":{"x":10,"y":5,"width":20,"height":30}}""");
        // Messages are read in their order: once a frame is overtaken, the settings before it are known.
        await Send(socket, 2, TestPictures.Jpeg);
        await Send(socket, 3, TestPictures.Jpeg);
        while (!(await server.Client.GetStringAsync("metrics", Cancel)).Contains("outcome=\"superseded\"} 1\n", StringComparison.Ordinal))
            await Task.Delay(5, Cancel);
        go.Release(2);
        var detected = await Receive(socket);
        Assert.Equal(1u, detected.GetProperty("frame").GetUInt32());
        Assert.All(detected.GetProperty("faces").EnumerateArray(),
            f => Assert.Equal(JsonValueKind.Number, f.GetProperty("score").ValueKind));
        var boxed = await Receive(socket);
        Assert.Equal(3u, boxed.GetProperty("frame").GetUInt32());
        Assert.All(boxed.GetProperty("faces").EnumerateArray(), f => Assert.Equal(JsonValueKind.Null, f.GetProperty("score").ValueKind));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("{\"box\":{\"x\":1}}")]
    [InlineData("{\"box\":{\"x\":1,\"y\":1,\"width\":-1,\"height\":1}}")]
    [InlineData("{\"box\":{\"x\":1,\"y\":1,\"width\":1e99,\"height\":1}}")]
    [InlineData("[[[[[[[[[[1]]]]]]]]]]")]
    public async Task Settings_that_are_none_end_the_connection_with_the_reason(string text)
    {
        await using var server = await RunningServer.StartAsync();
        using var socket = await Connect(server);
        await SendText(socket, text);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await Closed(socket));
    }

    [Fact]
    public async Task Messages_that_are_too_long_or_empty_end_the_connection()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxBodyBytes = 50_000 });
        using (var socket = await Connect(server))
        {
            await Send(socket, 1, new byte[50_002]);
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, await Closed(socket));
        }
        using (var socket = await Connect(server))
        {
            await SendText(socket, new string('x', 5000));
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, await Closed(socket));
        }
        using (var socket = await Connect(server))
        {
            await socket.SendAsync(new byte[4], WebSocketMessageType.Binary, true, Cancel);
            Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await Closed(socket));
        }
    }

    [Fact]
    public async Task A_silent_camera_is_let_go()
    {
        await using var server = await RunningServer.StartAsync(new() { LiveIdleSeconds = 0.2 });
        using var socket = await Connect(server);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await Closed(socket));
    }

    [Fact]
    public async Task More_cameras_than_allowed_are_refused_until_one_ends()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxLiveSessions = 1 });
        var first = await Connect(server);
        await Assert.ThrowsAsync<WebSocketException>(() => Connect(server));
        // Gone without a word, as when a laptop is shut.
        first.Abort();
        first.Dispose();
        for (int i = 0; ; i++)
        {
            try
            {
                using var second = await Connect(server);
                Assert.Empty(server.Log.ToString());
                return;
            }
            catch (WebSocketException) when (i < 200)
            {
                await Task.Delay(10, Cancel);
            }
        }
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.Client.GetAsync(Routes.Live, Cancel), 426, RequestGuard.LiveProtocol);
    }

    [Fact]
    public async Task A_server_that_stops_says_goodbye()
    {
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        using var socket = await Connect(server);
        await Send(socket, 1, TestPictures.Jpeg);
        await Receive(socket);
        var stopping = server.Server.StopAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await Closed(socket));
        await stopping;
    }
}
