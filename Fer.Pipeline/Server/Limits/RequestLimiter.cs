namespace Fer.Server;

/// <summary>Counts the requests for predictions in progress, in all and for each client. Forgets a client without requests.</summary>
internal sealed class RequestLimiter(int most, int mostOfClient)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _clients = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Requests in progress.</summary>
    internal int InProgress
    {
        get { lock (_gate) return _all; }
    }

    /// <summary>Lets a request in; disposing the result lets it out.</summary>
    /// <exception cref="RequestProblem">The client has too many at once (429), or all clients together (503).</exception>
    internal Entry Enter(string client)
    {
        lock (_gate)
        {
            int own = _clients.GetValueOrDefault(client);
            if (own >= mostOfClient)
            {
                throw RequestProblem.TooMany($"You have {own} requests in progress, the most that one client may have. " +
                    "Wait for an answer before you send the next.");
            }
            if (_all >= most) throw RequestProblem.Overloaded($"The server works on {_all} requests, as many as it takes. Try again.");
            _clients[client] = own + 1;
            _all++;
        }
        return new Entry(this, client);
    }

    private void Leave(string client)
    {
        lock (_gate)
        {
            _all--;
            if (--_clients[client] == 0) _clients.Remove(client);
        }
    }

    /// <summary>A request inside.</summary>
    internal readonly struct Entry(RequestLimiter limiter, string client) : IDisposable
    {
        public void Dispose() => limiter.Leave(client);
    }
}
