using System.Net;
using Fer.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Fer.Server;

/// <summary>
/// Reverse proxies that the user named: what they say of the client (X-Forwarded-For, -Proto, -Host) is believed, and nobody else's word.
/// </summary>
internal static class TrustedProxies
{
    /// <summary>Reads an address, or a network such as <c>10.0.0.0/8</c>.</summary>
    /// <exception cref="FerUsageException">It is neither.</exception>
    internal static IPNetwork Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new FerUsageException($"'{text}' is no address of a proxy: give one such as 192.168.1.2, or a network such as 10.0.0.0/8.");
    }

    /// <summary>True of a named proxy.</summary>
    internal static bool Contains(IEnumerable<IPNetwork> proxies, IPAddress address) => proxies.Any(proxy => proxy.Contains(address));

    /// <summary>What ASP.NET Core believes of whom.</summary>
    internal static ForwardedHeadersOptions Headers(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // Each step must be a named proxy; the first that is not one is the client.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (string proxy in proxies) options.KnownIPNetworks.Add(Parse(proxy));
        return options;
    }
}
