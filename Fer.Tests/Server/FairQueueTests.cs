using Fer.Server;
using Fer.Tests.AutoML;

namespace Fer.Tests.Server;

public class FairQueueTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly ManualTime _time = new();
    private readonly List<string> _served = [];

    /// <summary>Waits for a place, works for a while and leaves; the order is that in which places were given.</summary>
    private async Task WorkAsync(FairQueue queue, string client, double seconds, string request = "")
    {
        using var place = await queue.EnterAsync(new Turn(client, request), Cancel);
        lock (_served) _served.Add(client + request);
        _time.Advance(seconds);
    }

    [Fact]
    public async Task One_who_sends_much_and_heavy_work_leaves_the_others_their_share()
    {
        var queue = new FairQueue(1, _time);
        var first = await queue.EnterAsync(new Turn("greedy", ""), Cancel);
        Task[] all =
        [
            .. Enumerable.Range(0, 20).Select(_ => WorkAsync(queue, "greedy", 1)),
            .. Enumerable.Range(0, 90).Select(_ => WorkAsync(queue, "honest", 0.01)),
        ];
        _time.Advance(1);
        first.Dispose();
        await Task.WhenAll(all);
        // All that the other asks takes less time than one piece of the greedy one's.
        Assert.Equal(Enumerable.Repeat("honest", 90), _served.Take(90));
        Assert.Equal(110, _served.Count);
    }

    [Fact]
    public async Task Of_one_client_a_small_request_does_not_wait_for_all_of_a_large_one()
    {
        var queue = new FairQueue(1, _time);
        var first = await queue.EnterAsync(new Turn("a", "-large"), Cancel);
        Task[] all =
        [
            .. Enumerable.Range(0, 20).Select(_ => WorkAsync(queue, "a", 1, "-large")),
            .. Enumerable.Range(0, 5).Select(i => WorkAsync(queue, "a", 0.1, $"-small{i}")),
        ];
        _time.Advance(1);
        first.Dispose();
        await Task.WhenAll(all);
        Assert.All(_served.Take(5), name => Assert.StartsWith("a-small", name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Equal_work_is_served_in_turns()
    {
        var queue = new FairQueue(1, _time);
        var first = await queue.EnterAsync(new Turn("x", ""), Cancel);
        Task[] all = [.. from client in (string[])["a", "b", "c"] from _ in Enumerable.Range(0, 4) select WorkAsync(queue, client, 1)];
        first.Dispose();
        await Task.WhenAll(all);
        Assert.All(_served.Chunk(3), turn => Assert.Equal(["a", "b", "c"], turn.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Nobody_saves_up_while_away()
    {
        var queue = new FairQueue(1, _time);
        for (int i = 0; i < 100; i++) await WorkAsync(queue, "busy", 1);
        var first = await queue.EnterAsync(new Turn("busy", ""), Cancel);
        Task[] all =
        [
            .. Enumerable.Range(0, 10).Select(_ => WorkAsync(queue, "new", 1)),
            .. Enumerable.Range(0, 10).Select(_ => WorkAsync(queue, "busy", 1)),
        ];
        first.Dispose();
        _served.Clear();
        await Task.WhenAll(all);
        Assert.InRange(_served.Take(6).Count(c => c == "busy"), 2, 4);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_place()
    {
        var queue = new FairQueue(1, _time);
        var first = await queue.EnterAsync(new Turn("a", ""), Cancel);
        using var stop = new CancellationTokenSource();
        var waiting = queue.EnterAsync(new Turn("b", ""), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        first.Dispose();
        first.Dispose();
        using (await queue.EnterAsync(new Turn("c", ""), Cancel)) { }
        queue.Drain();
    }
}
