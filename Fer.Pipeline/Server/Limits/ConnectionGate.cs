using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Fer.Server;

/// <summary>
/// Limits connections, in all and of one address. Where there is no place left, one that says nothing goes, of that address or else of the
/// address with the most: a new one, which may have something to ask, is worth more. First those that asked nothing in a second, then those
/// that were answered, then the new ones; of each the one that has been idle for longest. Only where all are at work is the new one
/// refused. An address that has all it may have waits a second for each further one, or it would keep the machine busy with replacing its
/// own connections, and none would live long enough to be answered.
/// </summary>
/// <param name="most">Most connections in all.</param>
/// <param name="mostOfAddress">Most of one address; of IPv6, where anybody has so many, of one network of 64 bits.</param>
/// <param name="isTrusted">True of a proxy, which may have as many as there are.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionGate(int most, int mostOfAddress, Func<IPAddress, bool> isTrusted, TimeProvider time)
{
    /// <summary>Time for an answer that is on its way when its connection is to go.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Time that a new connection gets to ask something.</summary>
    private static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(1);

    /// <summary>Time that a further connection of a crowded address waits for its place.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Most connections that wait like that, of all addresses.</summary>
    private const int MostWaiting = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, LinkedList<Guest>> _addresses = [];
    private int _all, _waiting;

    /// <summary>Connections that count.</summary>
    internal int Count
    {
        get { lock (_gate) return _all; }
    }

    /// <summary>Serves a connection, or ends it where there is no place for it.</summary>
    internal async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!await WaitAsync(connection).ConfigureAwait(false) || Enter(connection) is not { } guest)
        {
            connection.Abort(new ConnectionAbortedException("There is no place for another connection."));
            return;
        }
        connection.Features.Set(guest);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) Remove(guest);
        }
    }

    /// <summary>The address that a connection counts under.</summary>
    internal static IPAddress Counted(EndPoint? remote)
    {
        var address = (remote as IPEndPoint)?.Address ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Lets a connection of a crowded address wait; false where too many do, or it is gone meanwhile.</summary>
    private async Task<bool> WaitAsync(ConnectionContext connection)
    {
        var address = Counted(connection.RemoteEndPoint);
        lock (_gate)
        {
            bool isCrowded = _addresses.TryGetValue(address, out var own) && own.Count >= mostOfAddress && !isTrusted(address);
            if (!isCrowded) return true;
            if (_waiting == MostWaiting) return false;
            _waiting++;
        }
        await Task.Delay(Pause, time, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate) _waiting--;
        return !connection.ConnectionClosed.IsCancellationRequested;
    }

    private Guest? Enter(ConnectionContext connection)
    {
        var address = Counted(connection.RemoteEndPoint);
        Guest? leaves = null;
        Guest guest;
        lock (_gate)
        {
            var own = _addresses.GetValueOrDefault(address);
            bool isOverdone = own?.Count >= mostOfAddress && !isTrusted(address);
            if (isOverdone || _all >= most)
            {
                leaves = isOverdone ? LongestIdle(own!) : _addresses.Values.OrderByDescending(a => a.Count).Select(LongestIdle)
                    .FirstOrDefault(idle => idle is not null);
                if (leaves is null) return null;
                Remove(leaves);
            }
            if (!_addresses.TryGetValue(address, out own)) _addresses[address] = own = [];
            guest = new Guest(this, connection, address, time.GetTimestamp());
            guest.Node = own.AddLast(guest);
            _all++;
        }
        leaves?.Leave(time);
        return guest;
    }

    private Guest? LongestIdle(LinkedList<Guest> guests)
    {
        Guest? answered = null, fresh = null;
        foreach (var guest in guests)
        {
            if (guest.Requests > 0) continue;
            if (guest.HadRequest) answered ??= guest;
            else if (time.GetElapsedTime(guest.Since) >= FirstWord) return guest;
            else fresh ??= guest;
        }
        return answered ?? fresh;
    }

    private void Remove(Guest guest)
    {
        if (guest.Node is not { List: { } list } node) return;
        list.Remove(node);
        _all--;
        if (list.Count == 0) _addresses.Remove(guest.Address);
    }

    /// <summary>A connection that is served. Its requests say when they begin and end.</summary>
    internal sealed class Guest(ConnectionGate gate, ConnectionContext connection, IPAddress address, long since)
    {

        internal IPAddress Address => address;

        /// <summary>When it came, on the clock.</summary>
        internal long Since => since;

        /// <summary>True from its first request on.</summary>
        internal bool HadRequest { get; private set; }

        internal LinkedListNode<Guest>? Node { get; set; }

        /// <summary>Requests at work.</summary>
        internal int Requests { get; private set; }

        internal void BeginRequest()
        {
            lock (gate._gate)
            {
                Requests++;
                HadRequest = true;
            }
        }

        internal void EndRequest()
        {
            lock (gate._gate)
            {
                // Idle from now on, and so last in the row.
                if (--Requests == 0 && Node is { List: { } list } node)
                {
                    list.Remove(node);
                    list.AddLast(node);
                }
            }
        }

        /// <summary>Ends the connection: at once where nothing was asked, else once its last answer is out.</summary>
        internal void Leave(TimeProvider time)
        {
            if (!HadRequest || connection.Features.Get<IConnectionLifetimeNotificationFeature>() is not { } lifetime)
            {
                connection.Abort();
                return;
            }
            lifetime.RequestClose();
            _ = AbortAsync(time);
        }

        private async Task AbortAsync(TimeProvider time)
        {
            await Task.Delay(Grace, time, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!connection.ConnectionClosed.IsCancellationRequested) connection.Abort();
        }
    }
}
