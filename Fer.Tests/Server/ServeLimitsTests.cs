using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fer.Pipeline.Images;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class ServeLimitsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_whether_its_length_is_told_or_not()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxBodyBytes = 10_000 });
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", new byte[10_001]), 413, "10,000");
        using var request = new HttpRequestMessage(HttpMethod.Post,
            "v1/predict?faces=whole")
        { Content = RunningServer.Content(new byte[10_001], "image/png") };
        request.Headers.TransferEncodingChunked = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.Client.SendAsync(request, Cancel)).StatusCode);
        Assert.Contains("fer_body_bytes 0\n", await server.Client.GetStringAsync("metrics", Cancel));
    }

    [Fact]
    public async Task A_picture_of_too_many_pixels_is_refused_by_its_header_alone()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxPixels = 48 * 48 });
        Assert.True((await server.PostAsync("v1/predict?faces=whole", RunningServer.Face())).IsSuccessStatusCode);
        await RunningServer.ProblemAsync(
            await server.PostAsync("v1/predict?faces=whole", PngEncoder.Encode(new GrayImage(49, 48, new byte[49 * 48]))), 413, "49 x 48");
        // Billions of pixels in a few bytes: refused before anything is allocated.
        foreach (var (width, height, size) in ((int, int, string)[])[(40_000, 50_000, "40,000 x 50,000"),
            (60_000, 60_000, "60,000 x 60,000"), (1, int.MaxValue, "1 x 2,147,483,647")])
        {
            byte[] bomb = RunningServer.Face();
            BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(16), width);
            BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(20), height);
            BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(29), Fer.Tests.Images.TestPng.Crc(bomb.AsSpan(12, 17)));
            await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", bomb), 413, size);
        }
    }

    [Fact]
    public async Task More_pictures_than_allowed_are_refused()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxPictures = 2 });
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 3; i++) form.Add(RunningServer.Content(RunningServer.Face(), "image/png"), "p", "p.png");
        await RunningServer.ProblemAsync(await server.Client.PostAsync("v1/predict?faces=whole", form, Cancel), 413, "2 pictures");
    }

    [Theory]
    [InlineData(1, 8, 429)]
    [InlineData(8, 1, 503)]
    public async Task Too_many_at_once_are_told_to_come_again(int perClient, int inAll, int status)
    {
        using var hold = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        await using var server = await RunningServer.StartAsync(
            new() { MaxRequests = inAll, MaxRequestsPerClient = perClient }, new HalvesFinder(() =>
        {
            begun.Release();
            hold.Wait(Cancel);
        }));
        var first = server.PostAsync("v1/predict", RunningServer.Face());
        await begun.WaitAsync(Cancel);
        var second = await server.PostAsync("v1/predict", RunningServer.Face());
        await RunningServer.ProblemAsync(second, status);
        Assert.Equal("1", second.Headers.RetryAfter?.ToString());
        // The rest of the server answers meanwhile.
        Assert.Equal("ok\n", await server.Client.GetStringAsync("healthz", Cancel));
        hold.Set();
        Assert.True((await first).IsSuccessStatusCode);
        Assert.True((await server.PostAsync("v1/predict", RunningServer.Face())).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Bodies_together_are_bounded()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxBodyBytesInAll = 100_000 });
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", new byte[200_000]), 503, "memory");
        Assert.True((await server.PostAsync("v1/predict?faces=whole", RunningServer.Face())).IsSuccessStatusCode);
        Assert.Contains("fer_body_bytes 0\n", await server.Client.GetStringAsync("metrics", Cancel));
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_given_up()
    {
        using var hold = new ManualResetEventSlim();
        await using var server = await RunningServer.StartAsync(new() { RequestSeconds = 0.3 }, new HalvesFinder(() => hold.Wait(Cancel)));
        // As many as there are processors hold them all; the one after waits its time out.
        var held = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => server.PostAsync("v1/predict", RunningServer.Face()))
            .ToArray();
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict", RunningServer.Face()), 503, "0.3 seconds");
        hold.Set();
        await Task.WhenAll(held);
        Assert.True((await server.PostAsync("v1/predict", RunningServer.Face())).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_slow_body_is_cut_off_and_stalls_nobody()
    {
        await using var server = await RunningServer.StartAsync(new() { RequestSeconds = 0.5, HeaderSeconds = 0.5 });
        var uri = new Uri(server.Server.Url);
        var slow = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 40; i++)
            {
                var client = new TcpClient();
                slow.Add(client);
                await client.ConnectAsync(uri.Host, uri.Port, Cancel);
                // Half of them never end their headers, half promise a body that does not come.
                string text = i % 2 == 0 ? "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
                    : "POST /v1/predict?faces=whole HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: " +
                        "9000\r\n\r\nabc";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Cancel);
            }
            Assert.True((await server.PostAsync("v1/predict?faces=whole", RunningServer.Face())).IsSuccessStatusCode);
            foreach (var client in slow)
            {
                using var reader = new StreamReader(client.GetStream());
                Assert.StartsWith("HTTP/1.1 408", await reader.ReadLineAsync(Cancel));
            }
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
        Assert.Contains("fer_requests_in_progress 0\n", await server.Client.GetStringAsync("metrics", Cancel));
    }

    [Theory]
    [InlineData(nameof(ServeOptions.MaxBodyBytes))]
    [InlineData(nameof(ServeOptions.RequestSeconds))]
    [InlineData(nameof(ServeOptions.MaxBatch))]
    public async Task Limits_that_make_no_sense_are_wrong_usage(string name)
    {
        var options = name switch
        {
            nameof(ServeOptions.MaxBodyBytes) => new ServeOptions { MaxBodyBytes = 0 },
            // The pixels of so many faces are more than an array can hold.
            nameof(ServeOptions.MaxBatch) => new ServeOptions { MaxBatch = 1_000_000 },
            _ => new ServeOptions { RequestSeconds = double.NaN },
        };
        var e = await Assert.ThrowsAsync<Fer.Pipeline.FerUsageException>(() => RunningServer.StartAsync(options));
        Assert.Contains(name, e.Message);
    }
}
