namespace Fer.Server;

/// <summary>
/// Shares processors between clients, and a client's share between its requests, by the time that each has used: whoever waits and has used
/// least is next, so that one who sends much is served with what the others leave. Who comes anew has used as much as the one served last
/// (start-time fair queueing: P. Goyal et al., 1996), so that nobody saves up, and who has nothing waiting or at work is forgotten.
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
    /// <param name="turn">Whose turn it would be.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    internal async Task<Place> EnterAsync(Turn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new TaskCompletionSource<Place>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_clients.TryGetValue(turn.Client, out var client)) _clients[turn.Client] = client = new Client { Used = _served };
            if (!client.Requests.TryGetValue(turn.Request, out var request))
                client.Requests[turn.Request] = request = new Share { Used = client.Served };
            request.Waiting.AddLast(waiter);
            Serve();
        }
        await using var registration = cancellationToken.Register(() => GiveUp(turn, waiter, cancellationToken));
        return await waiter.Task.ConfigureAwait(false);
    }

    /// <summary>Waits until nobody is at work.</summary>
    internal void Drain()
    {
        for (int i = 0; i < _places; i++) EnterAsync(new Turn("", this), CancellationToken.None).GetAwaiter().GetResult();
    }

    private void Serve()
    {
        while (_free > 0)
        {
            (string Name, Client Client)? next = null;
            foreach (var (name, client) in _clients)
                if (client.IsWaiting && (next is null || client.UsedBy(_time) < next.Value.Client.UsedBy(_time))) next = (name, client);
            if (next is not { Client: { } chosen }) return;
            var (id, request) = chosen.Requests.Where(r => r.Value.Waiting.Count > 0).MinBy(r => r.Value.UsedBy(_time));
            _free--;
            _served = Later(_served, chosen.UsedBy(_time));
            chosen.Served = Later(chosen.Served, request.UsedBy(_time));
            long start = _time.GetTimestamp();
            chosen.Starts.Add(start);
            request.Starts.Add(start);
            var waiter = request.Waiting.First!.Value;
            request.Waiting.RemoveFirst();
            waiter.SetResult(new Place(this, new Turn(next.Value.Name, id), start));
        }
    }

    private void GiveUp(Turn turn, TaskCompletionSource<Place> waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // One that was served meanwhile has its place.
            if (!_clients.TryGetValue(turn.Client, out var client) || !client.Requests.TryGetValue(turn.Request, out var request)
                || !request.Waiting.Remove(waiter)) return;
            Forget(turn, client, request);
        }
        waiter.TrySetCanceled(cancellationToken);
    }

    private void Leave(Turn turn, long start)
    {
        lock (_gate)
        {
            var client = _clients[turn.Client];
            var request = client.Requests[turn.Request];
            foreach (var share in (Share[])[client, request])
            {
                share.Starts.Remove(start);
                share.Used += _time.GetElapsedTime(start);
            }
            _free++;
            Forget(turn, client, request);
            Serve();
        }
    }

    private void Forget(Turn turn, Client client, Share request)
    {
        if (request.Waiting.Count == 0 && request.Starts.Count == 0) client.Requests.Remove(turn.Request);
        if (client.Requests.Count == 0) _clients.Remove(turn.Client);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>A place that is taken.</summary>
    internal sealed class Place : IDisposable
    {
        private readonly FairQueue _queue;
        private readonly Turn _turn;
        private readonly long _start;
        private int _isFree;

        internal Place(FairQueue queue, Turn turn, long start) => (_queue, _turn, _start) = (queue, turn, start);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFree, 1) == 0) _queue.Leave(_turn, _start);
        }
    }

    /// <summary>What a request, or a client with all of its requests, has used.</summary>
    private class Share
    {
        internal TimeSpan Used { get; set; }

        internal List<long> Starts { get; } = [];

        internal LinkedList<TaskCompletionSource<Place>> Waiting { get; } = [];

        /// <summary>Time used, that of what is at work included.</summary>
        internal TimeSpan UsedBy(TimeProvider time)
        {
            var used = Used;
            foreach (long start in Starts) used += time.GetElapsedTime(start);
            return used;
        }
    }

    private sealed class Client : Share
    {
        internal Dictionary<object, Share> Requests { get; } = [];

        /// <summary>What the request served last had used.</summary>
        internal TimeSpan Served { get; set; }

        internal bool IsWaiting
        {
            get
            {
                foreach (var request in Requests.Values)
                    if (request.Waiting.Count > 0) return true;
                return false;
            }
        }
    }
}

/// <summary>Whose turn it is: a client's, and of that client a request's.</summary>
/// <param name="Client">The client: its key, else its address.</param>
/// <param name="Request">The request, or a live camera; told apart by its equality.</param>
internal sealed record Turn(string Client, object Request);
