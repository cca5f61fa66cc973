using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Fer.Server;

/// <summary>
/// A request's body in memory: never on disk, unpacked where it came packed, limited, and counted in the budget of all requests until
/// disposed.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 64 << 10;

    private readonly ByteBudget _budget;
    private byte[] _bytes = [];
    private int _length;

    private RequestBody(ByteBudget budget) => _budget = budget;

    /// <summary>What was sent.</summary>
    internal ArraySegment<byte> Bytes => new(_bytes, 0, _length);

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="RequestProblem">It is too long, packed or unpacked (413), packed in a way that is not known (415) or badly (400),
    /// or others hold too much (503).</exception>
    /// <exception cref="BadHttpRequestException">It ends early or comes too slowly.</exception>
    internal static async Task<RequestBody> ReadAsync(HttpRequest request, int most, ByteBudget budget, CancellationToken cancellationToken)
    {
        // A body announced as too long is refused before any of it is read.
        if (request.ContentLength > most) throw TooLong(most);
        await using var source = Unpacked(request);
        // What is announced is the length of the packed body.
        long? announced = source == request.Body ? request.ContentLength : null;
        var body = new RequestBody(budget);
        try
        {
            // Room for the announced length is taken only once the first bytes are there; one byte more shows the end.
            int first = (int)Math.Min(announced ?? FirstBytes, FirstBytes) + 1;
            body.Grow(first);
            while (true)
            {
                int read = await source.ReadAsync(body._bytes.AsMemory(body._length), cancellationToken).ConfigureAwait(false);
                if (read == 0) return body;
                body._length += read;
                if (body._length > most) throw TooLong(most);
                if (body._length == body._bytes.Length)
                    body.Grow((int)Math.Min(Math.Max(2L * body._length, (announced ?? 0) + 1), most + 1L));
            }
        }
        catch (Exception e)
        {
            body.Dispose();
            if (e is InvalidDataException || (e is InvalidOperationException && source is BrotliStream))
                throw RequestProblem.BadRequest($"The body is not {request.Headers.ContentEncoding}, as its Content-Encoding says.");
            // Chunks that are none, say; whoever is gone gets no answer anyhow.
            if (e is IOException and not BadHttpRequestException)
                throw RequestProblem.BadRequest("The body cannot be read to its end: its chunks are not what their sizes say.");
            throw;
        }
    }

    private static Stream Unpacked(HttpRequest request)
    {
        string encoding = request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        switch (encoding)
        {
            case "" or "identity": return request.Body;
            case "gzip" or "x-gzip": return new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            case "deflate": return new ZLibStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            case "br": return new BrotliStream(request.Body, CompressionMode.Decompress, leaveOpen: true);
            default:
                request.HttpContext.Response.Headers.AcceptEncoding = "gzip, deflate, br";
                throw RequestProblem.UnsupportedType(
                    "The Content-Encoding is not known here: send the body as it is, or as gzip, deflate or br.");
        }
    }

    public void Dispose()
    {
        _budget.Return(_bytes.Length);
        _bytes = [];
        _length = 0;
    }

    private void Grow(int length)
    {
        _budget.Take(length - _bytes.Length);
        Array.Resize(ref _bytes, length);
    }

    private static RequestProblem TooLong(int most) => RequestProblem.TooLarge(
        $"The body is longer than {most:N0} bytes, the most that is accepted. Make the picture smaller, or send fewer at once.");
}
