using Fer.Pipeline;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fer.Server;

/// <summary>The origin of a web app elsewhere whose requests the user allows: scheme, name and port, as browsers write it.</summary>
internal static class AllowedOrigin
{
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    /// <summary>Reads an origin and gives it as browsers write it.</summary>
    /// <exception cref="FerUsageException">It is none: it names a path, a user, a wildcard or another scheme.</exception>
    internal static string Parse(string text)
    {
        bool isOrigin = Uri.TryCreate(text, UriKind.Absolute, out var origin)
            && (origin.Scheme == Uri.UriSchemeHttp || origin.Scheme == Uri.UriSchemeHttps)
            && origin is { UserInfo: "", PathAndQuery: "/", Fragment: "" } && !text.Contains('*');
        if (!isOrigin)
        {
            throw new FerUsageException($"'{text}' is no origin of a web app: give its scheme, name and port, such as " +
                "https://app.example or http://localhost:3000. Each is named alone; there is no sign for all.");
        }
        string name = origin!.HostNameType == UriHostNameType.Dns ? origin.IdnHost : origin.Host;
        return $"{origin.Scheme}://{name}{(origin.IsDefaultPort ? "" : $":{origin.Port}")}";
    }

    /// <summary>What those web apps may send and read.</summary>
    internal static void Allow(CorsPolicyBuilder policy, IReadOnlyList<string> origins) => policy
        .WithOrigins([.. origins.Select(Parse)])
        .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post)
        .WithHeaders(HeaderNames.ContentType, HeaderNames.ContentEncoding, HeaderNames.Authorization, RequestGuard.KeyHeader)
        .WithExposedHeaders(HeaderNames.RetryAfter)
        .SetPreflightMaxAge(PreflightAge);
}
