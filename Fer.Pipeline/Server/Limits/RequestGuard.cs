using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fer.Server;

/// <summary>
/// Refuses requests that another site's page makes a browser send: by host name (with DNS rebinding a foreign page reaches this server
/// under its own name, so only plain addresses, localhost and names that the user allowed are served) and by origin (a page may send
/// forms and open WebSockets across sites, but browsers name the page's origin). Then it asks for the key where there are keys.
/// </summary>
/// <param name="allowedHosts">Names that are served besides localhost.</param>
/// <param name="allowedOrigins">Origins of web apps elsewhere that may ask, as <see cref="AllowedOrigin.Parse"/> gives them.</param>
/// <param name="keys">The keys; null where none is asked for.</param>
internal sealed class RequestGuard(IReadOnlyList<string> allowedHosts, IReadOnlyList<string> allowedOrigins, ApiKeys? keys)
{
    /// <summary>The WebSocket subprotocol of the live camera.</summary>
    internal const string LiveProtocol = "fer.live.v1";

    /// <summary>A browser cannot set headers on a WebSocket; a key comes as a further subprotocol: this and the key in base64url.</summary>
    internal const string KeyProtocolPrefix = "fer.key.";

    /// <summary>The header that names a key.</summary>
    internal const string KeyHeader = "X-Api-Key";

    private const string Bearer = "Bearer ";

    /// <summary>Checks where the request comes from.</summary>
    /// <exception cref="RequestProblem">It is not served: 421 by its Host, 403 by its origin.</exception>
    internal void CheckSource(HttpRequest request)
    {
        if (!IsServedName(request.Host.Host))
        {
            throw new RequestProblem(StatusCodes.Status421MisdirectedRequest, $"This server does not answer to the name " +
                $"'{SentText.Short(request.Host.Host)}'. Use its address or localhost, or start it with --allow-host.");
        }
        var origin = request.Headers.Origin;
        if (!StringValues.IsNullOrEmpty(origin))
        {
            if (origin.Count != 1) throw Elsewhere();
            if (allowedOrigins.Contains(origin[0], StringComparer.Ordinal)) return;
            if (!Uri.TryCreate(origin[0], UriKind.Absolute, out var from) || !IsSelf(from, request)) throw Elsewhere();
        }
        // A page elsewhere may embed an answer as an image or script, without an origin; browsers then say "cross-site" here.
        else if (request.Headers["Sec-Fetch-Site"] is [{ } site] && site is "cross-site" or "same-site"
            && request.Headers["Sec-Fetch-Mode"] != "navigate")
        {
            throw Elsewhere();
        }
    }

    /// <summary>Checks the key and gives what the client is counted under: its key's number, else its address.</summary>
    /// <exception cref="RequestProblem">There are keys and the request names none of them (401).</exception>
    internal string CheckKey(HttpContext context)
    {
        if (keys is null) return context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (GivenKey(context.Request) is { } given && keys.Find(given) is { } number)
            return "key " + number.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new RequestProblem(
            StatusCodes.Status401Unauthorized, $"A key is needed: the header 'Authorization: Bearer KEY' or '{KeyHeader}: KEY'.");
    }

    private static string? GivenKey(HttpRequest request)
    {
        if (request.Headers[KeyHeader] is [{ } key]) return key;
        if (request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        foreach (string protocol in request.HttpContext.WebSockets.WebSocketRequestedProtocols)
        {
            if (!protocol.StartsWith(KeyProtocolPrefix, StringComparison.Ordinal)) continue;
            string encoded = protocol[KeyProtocolPrefix.Length..];
            return Base64Url.IsValid(encoded) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(encoded)) : null;
        }
        return null;
    }

    /// <summary>True of <c>localhost</c> and the names below it.</summary>
    internal static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    // An address cannot be rebound: a page that a browser loaded from it came from this server.
    private bool IsServedName(string host) =>
        IsThisMachine(host) || IPAddress.TryParse(host, out _) || allowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static bool IsSelf(Uri origin, HttpRequest request) =>
        // An extension's or a file's page names itself by a scheme of its own, and may call itself by any host.
        (origin.Scheme == Uri.UriSchemeHttp || origin.Scheme == Uri.UriSchemeHttps)
        && origin is { UserInfo: "", PathAndQuery: "/", Fragment: "" }
        && origin.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase)
        // Behind a proxy that ends TLS, the scheme here is not the page's.
        && origin.Port == (request.Host.Port ?? (origin.Scheme == Uri.UriSchemeHttps ? 443 : 80));

    private static RequestProblem Elsewhere() =>
        new(StatusCodes.Status403Forbidden, "The request comes from a web page of another site, which may not use this server " +
            "unless it is started with --allow-origin.");
}
