using System.Globalization;
using System.IO.Compression;
using System.Text;
using Fer.Pipeline;
using Fer.Server;

namespace Fer.Tests.Server;

/// <summary>Requests as bytes on the line: sound but for some of their parts, in ways that no client library would send.</summary>
internal static class OddRequest
{
    private const string Boundary = "----b0und4ry";

    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO", "post", "CONNECT"];

    private static readonly string[] Targets =
    [
        "/v1/predict?faces=whole", "/v1/predict?box=1,2,30,30", "/v1/predict?box=nan,nan,1,1", "/v1/predict?box=1,2,3",
        "/v1/predict?box=1e38,-1e38,999999,999999", "/v1/predict?box=0,0,1e-30,1e-30", "/v1/predict?faces=%00%1b", "/v1/predict?faces=none",
        "/v1/predict?faces=whole&faces=whole", "/v1/predict?faces=whole&box=1,2,3,4", "/v1/predict?=&&&", "/v1/predict?%ff=%fe",
        "//v1//predict",
        "/v1/predict/../model", "/v1/%70redict", "/v1/live", "/v1/model", "/healthz", "/metrics", "/", "/../../etc/passwd", "/%00", "*",
        "http://127.0.0.1/v1/predict", "/" + new string('a', 9000),
    ];

    private static readonly string[] Hosts =
        ["localhost", "example.org", "", "127.0.0.1:99999", "[::1", "[::1]:80", "127.0.0.1@example.org", "a b",
            "127.0.0.1:", "xn--\u00e4", "0x7f.1"];

    private static readonly string[] Types =
    [
        "image/png", "image/*", "IMAGE/JPEG; q=\"", "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"", $"multipart/form-data; boundary={new string('b', 71)}",
        "multipart/form-data; boundary=\"a\\\"b\"",
        "multipart/mixed; boundary=x", "application/json", ";;;", "image/png, image/png", $"image/{new string('x', 300)}",
    ];

    private static readonly string[] Encodings = ["gzip", "deflate", "br", "identity", "zstd", "gzip, gzip", "x-gzip", "*"];

    private static readonly string[] Others =
    [
        "Expect: 100-continue", "Expect: 200-ok", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Origin: null",
        "Origin: http://127.0.0.1:1", "Origin: http://example.org\r\nOrigin: http://127.0.0.1", "Sec-Fetch-Site: cross-site",
        "X-Forwarded-For: 1.2.3.4, , \"\"", "X-Forwarded-Host: example.org", "Authorization: Bearer", "Authorization: Bearer \u00ff",
        "X-Api-Key: ", "Upgrade: websocket", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", "Connection: Upgrade, keep-alive",
        "Content-Length: 3", "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 0x10", "Range: bytes=9-1",
        "Accept-Encoding: \u0001", "Bad header", " folded: yes", $"X-Long: {new string('x', 40_000)}", "Cookie: a=\"\u0000",
        "Sec-WebSocket-Protocol: fer.live.v1, fer.key.!!!!",
    ];

    /// <summary>A request; what a client that then says no more has sent.</summary>
    internal static byte[] Of(ref RandomStream random)
    {
        byte[] body = Body(ref random, out string type);
        string method = "POST", target = Routes.Predict, version = "HTTP/1.1", host = "127.0.0.1";
        string? encoding = null;
        string length = $"Content-Length: {body.Length}";
        var others = new List<string>();
        for (int changes = random.NextInt32(4); changes > 0; changes--)
        {
            switch (random.NextInt32(12))
            {
                case 0: method = Pick(Methods, ref random); break;
                case 1 or 2: target = Pick(Targets, ref random); break;
                case 3: host = Pick(Hosts, ref random); break;
                case 4: type = Pick(Types, ref random); break;
                case 5:
                    encoding = Pick(Encodings, ref random);
                    if (random.NextBoolean(0.7)) body = Packed(body, encoding, ref random);
                    length = $"Content-Length: {body.Length}";
                    break;
                case 6: length = $"Content-Length: {body.Length + 1 - random.NextInt32(4)}"; break;
                case 7:
                    (length, body) = ("Transfer-Encoding: chunked", Chunked(body, ref random));
                    break;
                case 8: version = random.NextBoolean(0.5) ? "HTTP/1.0" : "HTTP/9.9"; break;
                default: others.Add(Pick(Others, ref random)); break;
            }
        }
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {target} {version}\r\nHost: {host}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: {type}\r\n{length}\r\nConnection: close\r\n");
        if (encoding is not null) text.Append(CultureInfo.InvariantCulture, $"Content-Encoding: {encoding}\r\n");
        foreach (string other in others) text.Append(other).Append("\r\n");
        byte[] head = Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
        return random.NextInt32(12) == 0 ? Mutation.Of([.. head, .. body], ref random) : [.. head, .. body];
    }

    private static byte[] Body(ref RandomStream random, out string type)
    {
        byte[] picture = random.NextBoolean(0.5) ? RunningServer.Face() : TestPictures.Jpeg;
        if (random.NextBoolean(0.5)) picture = Mutation.Of(picture, ref random);
        type = "application/octet-stream";
        switch (random.NextInt32(6))
        {
            case 0: return Noise(ref random);
            case 1 or 2 or 3:
                type = $"multipart/form-data; boundary={Boundary}";
                return Form(picture, ref random);
            default: return picture;
        }
    }

    private static byte[] Form(byte[] picture, ref RandomStream random)
    {
        var body = new MemoryStream();
        int parts = random.NextInt32(10) == 0 ? 70 : random.NextInt32(4);
        for (int i = 0; i < parts; i++)
        {
            string name = random.NextInt32(8) switch
            {
                0 => "filename*=UTF-8''%1b%5b31m%00%e2%80%ae.png",
                1 => "filename=\"../../etc/passwd\"",
                2 => "filename*=nonsense''%zz",
                3 => $"filename=\"{new string('n', 5000)}\"",
                4 => "filename=\"\\\"",
                5 => string.Join("\r\n", Enumerable.Range(0, 20).Select(j => $"X-{j}: 1")),
                _ => "name=f; filename=a.png",
            };
            body.Write(Encoding.Latin1.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; {name}\r\n\r\n"));
            body.Write(random.NextInt32(6) == 0 ? Encoding.Latin1.GetBytes($"--{Boundary}x") : picture);
            body.Write("\r\n"u8);
        }
        if (random.NextInt32(5) > 0) body.Write(Encoding.Latin1.GetBytes($"--{Boundary}--\r\n"));
        return random.NextInt32(4) == 0 ? Mutation.Of(body.ToArray(), ref random) : body.ToArray();
    }

    /// <summary>Packed as it says, or a little that unpacks to much, or damaged.</summary>
    private static byte[] Packed(byte[] body, string encoding, ref RandomStream random)
    {
        if (random.NextInt32(4) == 0) body = new byte[4 << 20];
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        }) stream.Write(body);
        return random.NextInt32(3) == 0 ? Mutation.Of(packed.ToArray(), ref random) : packed.ToArray();
    }

    private static byte[] Chunked(byte[] body, ref RandomStream random)
    {
        string size = random.NextInt32(6) switch
        {
            0 => "FFFFFFFFFFFFFFFF",
            1 => "-1",
            2 => "zz",
            3 => "0",
            _ => body.Length.ToString("x", CultureInfo.InvariantCulture),
        };
        string end = random.NextInt32(3) == 0 ? "" : "0\r\nTrailer: x\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes($"{size};a=\"b\"\r\n"), .. body, .. Encoding.ASCII.GetBytes($"\r\n{end}")];
    }

    private static byte[] Noise(ref RandomStream random)
    {
        var bytes = new byte[random.NextInt32(3000)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)random.NextUInt64();
        return bytes;
    }

    private static string Pick(string[] texts, ref RandomStream random) => texts[random.NextInt32(texts.Length)];
}
