using System.Globalization;
using System.Net;
using Fer.Pipeline;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fer.Server;

/// <summary>Where to listen.</summary>
/// <param name="Address">The address, or null for <c>localhost</c>: both loopback addresses.</param>
/// <param name="Port">The port; 0 is a free one.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>True where only this machine can connect.</summary>
    internal bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <exception cref="FerUsageException">The text is no address and port.</exception>
    internal static ListenAddress Parse(string text)
    {
        if (TryPort(text, out int port)) return new(null, port);
        int colon = text.LastIndexOf(':');
        if (colon > 0 && TryPort(text[(colon + 1)..], out port))
        {
            string host = text[..colon];
            if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return new(null, port);
            bool brackets = host.StartsWith('[') && host.EndsWith(']');
            // Without brackets it would not be clear where an IPv6 address ends and its port begins.
            if (brackets || !host.Contains(':', StringComparison.Ordinal))
                if (IPAddress.TryParse(host, out var address) && address.ToString().Contains(':', StringComparison.Ordinal) == brackets
                    && (brackets || IsFull(host)))
                    return new(address, port);
        }
        throw new FerUsageException($"'{text}' is no place to listen: give a port (5080), localhost:5080, or an address of this machine " +
            "with a port (192.168.1.5:5080, [::1]:5080, 0.0.0.0:5080 for all).");
    }

    /// <summary>Has Kestrel listen here.</summary>
    internal void Apply(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        // A free port cannot be taken on two addresses at once.
        if (Address is null && Port != 0) kestrel.ListenLocalhost(Port, configure);
        else kestrel.Listen(Address ?? IPAddress.Loopback, Port, configure);
    }

    public override string ToString() =>
        (Address?.ToString() is not { } text ? "localhost" : text.Contains(':', StringComparison.Ordinal) ? $"[{text}]" : text)
        + ":" + Port.ToString(CultureInfo.InvariantCulture);

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;

    // "1" parses as 0.0.0.1, which nobody means.
    private static bool IsFull(string host) => host.AsSpan().Count('.') == 3;
}
