using System.Net;
using System.Net.Sockets;
using System.Text;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class ConnectionGateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<Socket> ConnectAsync(RunningServer server, string? say = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Server.Url).Port, Cancel);
        if (say is not null) await socket.SendAsync(Encoding.ASCII.GetBytes(say), Cancel);
        return socket;
    }

    /// <summary>True where the server has ended the connection.</summary>
    private static async Task<bool> IsOverAsync(Socket socket)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(20));
            return await socket.ReceiveAsync(new byte[1000], limit.Token) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>
    /// Asks; on a machine at its limit a connection may go before its request is read, as those who crowd it are of the same address, and
    /// who asks tries again.
    /// </summary>
    private static async Task<string> AskAsync(RunningServer server)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return await server.Client.GetStringAsync("healthz", Cancel);
            }
            catch (HttpRequestException) when (tries < 3)
            {
            }
        }
    }

    [Theory]
    [InlineData(8, 1000)]
    [InlineData(1000, 8)]
    public async Task Silent_connections_make_room_for_those_that_ask(int perAddress, int inAll)
    {
        await using var server = await RunningServer.StartAsync(
            new() { MaxConnections = inAll, MaxConnectionsPerAddress = perAddress });
        string[] openings = ["", "GET /healthz HTTP/1.1\r\nHost: localh"];
        var silent = new List<Socket>();
        for (int i = 0; i < 40; i++) silent.Add(await ConnectAsync(server, openings[i % 2]));
        for (int i = 0; i < 3; i++) Assert.Equal("ok\n", await AskAsync(server));
        // The first had to go.
        Assert.True(await IsOverAsync(silent[0]));
        silent.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_connection_that_was_answered_and_waits_is_ended_without_losing_its_answer()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxConnectionsPerAddress = 1 });
        using var first = await ConnectAsync(server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var buffer = new byte[2000];
        int read = await first.ReceiveAsync(buffer, Cancel);
        Assert.Contains("200 OK", Encoding.ASCII.GetString(buffer, 0, read));
        Assert.Equal("ok\n", await server.Client.GetStringAsync("healthz", Cancel));
        while (!await IsOverAsync(first)) { }
    }

    [Fact]
    public async Task Where_all_connections_are_at_work_a_further_one_is_refused_and_none_is_cut_off()
    {
        using var begun = new SemaphoreSlim(0);
        using var hold = new ManualResetEventSlim();
        await using var server = await RunningServer.StartAsync(new() { MaxConnectionsPerAddress = 2 }, new HalvesFinder(() =>
        {
            begun.Release();
            hold.Wait();
        }));
        Task<HttpResponseMessage>[] working =
            [.. Enumerable.Range(0, 2).Select(i => server.PostAsync("v1/predict", RunningServer.Face(i)))];
        // With one processor the second waits for its turn, at work all the same.
        await begun.WaitAsync(Cancel);
        while (server.Server.RequestsInProgress < 2) await Task.Delay(5, Cancel);
        using (var refused = await ConnectAsync(server)) Assert.True(await IsOverAsync(refused));
        hold.Set();
        foreach (var answer in await Task.WhenAll(working)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("192.168.1.7", "192.168.1.7")]
    [InlineData("::ffff:192.168.1.7", "192.168.1.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("::1", "::1")]
    public void Who_has_a_network_of_addresses_counts_once(string address, string counted) =>
        Assert.Equal(IPAddress.Parse(counted), ConnectionGate.Counted(new IPEndPoint(IPAddress.Parse(address), 1)));
}
