namespace Fer.Server;

/// <summary>
/// Shares processors between clients by the time that each has used: whoever waits and has used least is next, so that one who sends much
/// is served with what the others leave. A client who comes anew has used as much as the one served last (start-time fair queueing: P. Goyal
/// et al., 1996), so that nobody saves up, and one who has nothing waiting or at work is forgotten.
/// </summary>
internal sealed class FairQueue
{
    private readonly int _places;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);
    private int _free;
    private TimeSpan _served;

    /// <summary>Opens the queue.</summary>
    /// <param name="places">How many are served at a time.</param>
    /// <param name="time">The clock.</param>
    internal FairQueue(int places, TimeProvider time) => (_places, _free, _time) = (places, places, time);

    /// <summary>Waits for a place; disposing the result frees it.</summary>
    /// <param name="client">Whose turn it would be.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    internal async Task<Place> EnterAsync(string client, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turn = new TaskCompletionSource<Place>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_clients.TryGetValue(client, out var own)) _clients[client] = own = new Client(client) { Used = _served };
            own.Waiting.AddLast(turn);
            Serve();
        }
        await using var registration = cancellationToken.Register(() => GiveUp(client, turn, cancellationToken));
        return await turn.Task.ConfigureAwait(false);
    }

    /// <summary>Waits until nobody is at work.</summary>
    internal void Drain()
    {
        for (int i = 0; i < _places; i++) EnterAsync("", CancellationToken.None).GetAwaiter().GetResult();
    }

    private void Serve()
    {
        while (_free > 0)
        {
            Client? next = null;
            foreach (var client in _clients.Values)
                if (client.Waiting.Count > 0 && (next is null || client.UsedBy(_time) < next.UsedBy(_time))) next = client;
            if (next is null) return;
            _free--;
            var used = next.UsedBy(_time);
            if (used > _served) _served = used;
            long start = _time.GetTimestamp();
            next.Starts.Add(start);
            var turn = next.Waiting.First!.Value;
            next.Waiting.RemoveFirst();
            turn.SetResult(new Place(this, next, start));
        }
    }

    private void GiveUp(string name, TaskCompletionSource<Place> turn, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // One that was served meanwhile has its place.
            if (!_clients.TryGetValue(name, out var client) || !client.Waiting.Remove(turn)) return;
            Forget(client);
        }
        turn.TrySetCanceled(cancellationToken);
    }

    private void Leave(Client client, long start)
    {
        lock (_gate)
        {
            client.Starts.Remove(start);
            client.Used += _time.GetElapsedTime(start);
            _free++;
            Forget(client);
            Serve();
        }
    }

    private void Forget(Client client)
    {
        if (client.Waiting.Count == 0 && client.Starts.Count == 0) _clients.Remove(client.Name);
    }

    /// <summary>A place that is taken.</summary>
    internal sealed class Place : IDisposable
    {
        private readonly FairQueue _queue;
        private readonly Client _client;
        private readonly long _start;
        private int _isFree;

        internal Place(FairQueue queue, Client client, long start) => (_queue, _client, _start) = (queue, client, start);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFree, 1) == 0) _queue.Leave(_client, _start);
        }
    }

    /// <summary>A client with something waiting or at work.</summary>
    internal sealed class Client(string name)
    {
        internal string Name => name;

        internal TimeSpan Used { get; set; }

        internal LinkedList<TaskCompletionSource<Place>> Waiting { get; } = [];

        internal List<long> Starts { get; } = [];

        /// <summary>Time used, that of what is at work included.</summary>
        internal TimeSpan UsedBy(TimeProvider time)
        {
            var used = Used;
            foreach (long start in Starts) used += time.GetElapsedTime(start);
            return used;
        }
    }
}
