using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using Fer.Server;
using Microsoft.AspNetCore.Http;

namespace Fer.Tests.Server;

public sealed class PredictRequestTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Bytes(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * seed + i / 251))];

    private static async Task<(ArraySegment<byte> Body, BodyFormat Format)> Form(params byte[][] pictures)
    {
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < pictures.Length; i++)
        {
            var part = new ByteArrayContent(pictures[i]);
            part.Headers.ContentType = MediaTypeHeaderValue.Parse("image/png");
            form.Add(part, "picture", $"{i}.png");
        }
        var request = new DefaultHttpContext().Request;
        request.ContentType = form.Headers.ContentType!.ToString();
        byte[] bytes = await form.ReadAsByteArrayAsync(Cancel);
        // In the middle of a larger array, as a body that is still growing lies.
        var room = new byte[bytes.Length + 30];
        bytes.CopyTo(room, 10);
        return (new(room, 10, bytes.Length), PredictRequest.Format(request));
    }

    [Fact]
    public async Task The_parts_of_a_body_are_views_of_it_so_that_they_take_no_memory_of_their_own()
    {
        byte[][] pictures = [Bytes(100_000, 7), Bytes(1, 3), [], Bytes(5000, 11)];
        var (body, boundary) = await Form(pictures);
        var request = await PredictRequest.ParseAsync(body, boundary, 8, Cancel);
        Assert.Equal(["0.png", "1.png", "2.png", "3.png"], request.Pictures.Select(p => p.Name));
        for (int i = 0; i < pictures.Length; i++)
        {
            Assert.Equal(pictures[i], request.Pictures[i].Bytes.ToArray());
            Assert.True(MemoryMarshal.TryGetArray(request.Pictures[i].Bytes, out var lies));
            Assert.Same(body.Array, lies.Array);
        }
    }

    [Fact]
    public async Task Parts_that_hold_the_beginning_of_a_boundary_are_whole()
    {
        var (_, format) = await Form([1]);
        string boundary = format.Boundary;
        byte[][] pictures = [Encoding.ASCII.GetBytes($"a\r\n--{boundary[..^1]}\r\n--"), Encoding.ASCII.GetBytes("\r\n\r\n")];
        string head = $"--{boundary}\r\nContent-Disposition: form-data; name=p\r\n\r\n";
        byte[] body = Encoding.ASCII.GetBytes(
            $"{head}{Encoding.ASCII.GetString(pictures[0])}\r\n{head}{Encoding.ASCII.GetString(pictures[1])}\r\n--{boundary}--\r\n");
        var request = await PredictRequest.ParseAsync(body, format, 8, Cancel);
        Assert.Equal(pictures, request.Pictures.Select(p => p.Bytes.ToArray()));
        Assert.Equal(["picture 1", "picture 2"], request.Pictures.Select(p => p.Name));
    }
}
