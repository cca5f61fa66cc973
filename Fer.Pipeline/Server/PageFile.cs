using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fer.Server;

/// <summary>A file of the page, embedded in the assembly.</summary>
internal sealed class PageFile
{
    private const string Prefix = "page/", Index = "index.html";

    private static readonly Assembly Home = typeof(PageFile).Assembly;

    private readonly string _contentType, _tag;
    private readonly byte[] _content;

    private PageFile(string resource)
    {
        string name = resource[Prefix.Length..].Replace('\\', '/');
        Path = name == Index ? "/" : "/" + name;
        _contentType = System.IO.Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".json" => "application/json",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".webmanifest" => "application/manifest+json",
            var other => throw new InvalidOperationException($"The page has no files of type {other}."),
        };
        using var stream = Home.GetManifestResourceStream(resource)!;
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
        _tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_content))[..16]}\"";
    }

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<PageFile> All { get; } =
        [.. Home.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => new PageFile(n))];

    /// <summary>Where it is served.</summary>
    internal string Path { get; }

    internal Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        // A new version of the program shows its new page at once.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = _tag;
        if (context.Request.Headers[HeaderNames.IfNoneMatch] == _tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        response.ContentType = _contentType;
        response.ContentLength = _content.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;
        return response.Body.WriteAsync(_content, context.RequestAborted).AsTask();
    }
}
