using System.IO.Compression;
using System.Text.Json;
using Fer.Pipeline.Images;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class PredictEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_picture_as_a_face_is_answered_as_the_model_does()
    {
        await using var server = await RunningServer.StartAsync();
        byte[] png = RunningServer.Face(3);
        var answer = await RunningServer.JsonAsync(await server.PostAsync("v1/predict?faces=whole", png));
        var expected = server.Model.Predict(ImageDecoder.Decode(png, "face").ToGray().Pixels);

        var face = Assert.Single(answer.GetProperty("faces").EnumerateArray());
        Assert.Equal(expected.Label, face.GetProperty("emotion").GetString());
        Assert.Equal(server.Model.ClassNames, face.GetProperty("probabilities").EnumerateObject().Select(p => p.Name));
        foreach (var (name, probability) in expected.Probabilities)
            Assert.Equal(probability, face.GetProperty("probabilities").GetProperty(name).GetSingle(), 1e-5f);
        Assert.Equal(JsonValueKind.Null, face.GetProperty("score").ValueKind);
        Assert.Equal("{\"x\":0,\"y\":0,\"width\":48,\"height\":48}", face.GetProperty("box").GetRawText());
        Assert.Equal("{\"width\":48,\"height\":48}", answer.GetProperty("image").GetRawText());
        Assert.Equal(["decode", "detect", "queue", "classify", "total"],
            answer.GetProperty("milliseconds").EnumerateObject().Select(m => m.Name));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task A_packed_body_is_unpacked(string encoding)
    {
        await using var server = await RunningServer.StartAsync();
        var content = RunningServer.Content(Pack(RunningServer.Face(3), encoding), "image/png");
        content.Headers.ContentEncoding.Add(encoding);
        var answer = await RunningServer.JsonAsync(await server.Client.PostAsync("v1/predict?faces=whole", content, Cancel));
        var plain = await RunningServer.JsonAsync(await server.PostAsync("v1/predict?faces=whole", RunningServer.Face(3)));
        Assert.Equal(plain.GetProperty("faces").GetRawText(), answer.GetProperty("faces").GetRawText());
    }

    [Fact]
    public async Task What_unpacks_to_too_much_or_not_at_all_is_refused()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxBodyBytes = 100_000 });
        foreach (string encoding in (string[])["gzip", "deflate", "br"])
        {
            await RunningServer.ProblemAsync(await PostAsync(encoding, Pack(new byte[30_000_000], encoding)), 413, "100,000");
            await RunningServer.ProblemAsync(await PostAsync(encoding, RunningServer.Face(3)), 400, encoding);
        }
        var response = await PostAsync("zstd", RunningServer.Face(3));
        await RunningServer.ProblemAsync(response, 415, "gzip");
        Assert.Equal(["gzip, deflate, br"], response.Headers.GetValues("Accept-Encoding"));
        Assert.Contains("fer_body_bytes 0\n", await server.Client.GetStringAsync("metrics", Cancel));

        Task<HttpResponseMessage> PostAsync(string encoding, byte[] body)
        {
            var content = RunningServer.Content(body, "image/png");
            content.Headers.ContentEncoding.Add(encoding);
            return server.Client.PostAsync("v1/predict?faces=whole", content, Cancel);
        }
    }

    private static byte[] Pack(byte[] bytes, string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(packed),
        }) stream.Write(bytes);
        return packed.ToArray();
    }

    [Fact]
    public async Task What_is_read_may_be_asked_for_by_its_head_alone()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (string path in (string[])["healthz", "v1/model", "metrics", "", "openapi.json"])
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            var response = await server.Client.SendAsync(head, Cancel);
            Assert.True(response.IsSuccessStatusCode, path);
            Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancel));
            Assert.True(response.Content.Headers.ContentLength > 0, path);
        }
    }

    [Fact]
    public async Task Of_many_pictures_one_whose_analysis_fails_is_a_problem_in_its_place()
    {
        int asked = 0;
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder(() =>
        {
            if (Interlocked.Increment(ref asked) == 3) throw new InvalidOperationException("broken");
        }));
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 6; i++) form.Add(RunningServer.Content(RunningServer.Face(i), "image/png"), "p", $"{i}.png");
        var answer = await RunningServer.JsonAsync(await server.Client.PostAsync("v1/predict", form, Cancel));
        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"{i}.png"), results.Select(r => r.GetProperty("name").GetString()));
        var problem = Assert.Single(results, r => r.TryGetProperty("problem", out _)).GetProperty("problem");
        Assert.Equal(500, problem.GetProperty("status").GetInt32());
        Assert.Equal(5, results.Count(r => r.TryGetProperty("faces", out _)));
    }

    [Fact]
    public async Task Of_one_request_no_more_than_two_pictures_are_looked_at_together()
    {
        int now = 0, most = 0;
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder(() =>
        {
            int together = Interlocked.Increment(ref now);
            lock (this) most = Math.Max(most, together);
            Thread.Sleep(2);
            Interlocked.Decrement(ref now);
        }));
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 12; i++) form.Add(RunningServer.Content(RunningServer.Face(i), "image/png"), "p", $"{i}.png");
        Assert.True((await server.Client.PostAsync("v1/predict", form, Cancel)).IsSuccessStatusCode);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Faces_that_the_detector_finds_come_with_box_and_score()
    {
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        var answer = await RunningServer.JsonAsync(await server.PostAsync("v1/predict", RunningServer.Face()));
        var faces = answer.GetProperty("faces").EnumerateArray().ToArray();
        Assert.Equal(2, faces.Length);
        Assert.Equal([0.9, 0.8], faces.Select(f => f.GetProperty("score").GetDouble()));
        Assert.Equal([0.0, 24.0], faces.Select(f => f.GetProperty("box").GetProperty("x").GetDouble()));
    }

    [Fact]
    public async Task A_picture_without_a_face_is_an_answer()
    {
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        var response = await server.PostAsync("v1/predict", PngEncoder.Encode(new GrayImage(8, 8, new byte[64])));
        Assert.True(response.IsSuccessStatusCode);
        Assert.Empty((await RunningServer.JsonAsync(response)).GetProperty("faces").EnumerateArray());
    }

    [Fact]
    public async Task A_box_is_cut_out_of_the_picture()
    {
        await using var server = await RunningServer.StartAsync();
        byte[] face = ImageDecoder.Decode(RunningServer.Face(1), "face").ToGray().Pixels;
        var wide = new byte[48 * 100];
        for (int y = 0; y < 48; y++) face.AsSpan(48 * y, 48).CopyTo(wide.AsSpan(100 * y + 52));
        var cut = await RunningServer.JsonAsync(
            await server.PostAsync("v1/predict?box=52,0,48,48", PngEncoder.Encode(new GrayImage(100, 48, wide))));
        var whole = await RunningServer.JsonAsync(await server.PostAsync("v1/predict?faces=whole", RunningServer.Face(1)));
        Assert.Equal(Probabilities(whole), Probabilities(cut));
    }

    [Fact]
    public async Task Several_pictures_are_answered_in_their_order_and_a_broken_one_is_a_problem_in_its_place()
    {
        await using var server = await RunningServer.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { RunningServer.Content(RunningServer.Face(0), "image/png"), "a", "first.png" },
            { RunningServer.Content("no picture"u8.ToArray(), "image/png"), "b", "broken.png" },
            { RunningServer.Content(RunningServer.Face(2), null), "c" },
        };
        var response = await server.Client.PostAsync("v1/predict?faces=whole", form, Cancel);
        Assert.True(response.IsSuccessStatusCode);
        var results = (await RunningServer.JsonAsync(response)).GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(["first.png", "broken.png", "picture 3"], results.Select(r => r.GetProperty("name").GetString()));
        Assert.Equal(415, results[1].GetProperty("problem").GetProperty("status").GetInt32());
        Assert.Contains("broken.png", results[1].GetProperty("problem").GetProperty("detail").GetString());
        for (int i = 0; i < 3; i += 2)
            Assert.Equal(
                Probabilities(await RunningServer.JsonAsync(await server.PostAsync("v1/predict?faces=whole", RunningServer.Face(i)))),
                Probabilities(results[i]));
    }

    [Fact]
    public async Task A_form_with_one_picture_is_answered_like_the_picture_alone()
    {
        await using var server = await RunningServer.StartAsync();
        using var form =
            new MultipartFormDataContent { { RunningServer.Content(RunningServer.Face(), "image/png"), "picture", "face.png" } };
        var answer = await RunningServer.JsonAsync(await server.Client.PostAsync("v1/predict?faces=whole", form, Cancel));
        Assert.Single(answer.GetProperty("faces").EnumerateArray());
    }

    [Theory]
    [InlineData("face=whole", "Did you mean 'faces'?")]
    [InlineData("faces=all", "'all'")]
    [InlineData("box=1,2,3", "x,y,width,height")]
    [InlineData("box=1,2,NaN,4", "x,y,width,height")]
    [InlineData("box=1,2,0,4", "x,y,width,height")]
    [InlineData("box=1,2,3,4&faces=whole", "not both")]
    [InlineData("faces=whole&faces=detect", "2 times")]
    public async Task A_wrong_query_is_a_bad_request_that_says_what_is_right(string query, string words)
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?" + query, RunningServer.Face()), 400, words);
    }

    [Fact]
    public async Task Without_a_detector_the_answer_says_how_to_go_on()
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict", RunningServer.Face()), 422, "No face detector", "box=",
            "faces=whole");
    }

    [Fact]
    public async Task A_box_outside_the_picture_cannot_be_processed()
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?box=100,100,20,20", RunningServer.Face()), 422, "48 x 48");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("image/tiff")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_body_of_another_kind_is_unsupported(string? type)
    {
        await using var server = await RunningServer.StartAsync();
        var response = await server.Client.PostAsync("v1/predict?faces=whole", RunningServer.Content(RunningServer.Face(), type), Cancel);
        await RunningServer.ProblemAsync(response, 415, "image/jpeg");
    }

    [Fact]
    public async Task A_file_that_is_no_picture_is_unsupported_whatever_it_is_called()
    {
        await using var server = await RunningServer.StartAsync();
        const string Path = "v1/predict?faces=whole";
        await RunningServer.ProblemAsync(await server.PostAsync(Path, "no picture"u8.ToArray()), 415, "not a JPEG, PNG, WebP, GIF or BMP");
        await RunningServer.ProblemAsync(await server.PostAsync(Path, [0, 0, 0, 24, .. "ftypheic"u8]), 415, "a HEIC picture", "JPEG");
    }

    [Theory]
    [InlineData("lossy.webp", "image/webp")]
    [InlineData("animated.gif", "image/gif")]
    [InlineData("colours.bmp", "image/bmp")]
    public async Task Pictures_of_other_kinds_are_read_too(string name, string type)
    {
        await using var server = await RunningServer.StartAsync();
        byte[] picture = Fer.Tests.Images.GoldenPictures.Read(name);
        var answer = await RunningServer.JsonAsync(await server.PostAsync("v1/predict?faces=whole", picture, type));
        var size = answer.GetProperty("image");
        Assert.Equal((40, 36), (size.GetProperty("width").GetInt32(), size.GetProperty("height").GetInt32()));
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", picture[..30], type), 422, "broken");
    }

    [Fact]
    public async Task A_damaged_or_empty_picture_cannot_be_processed()
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", RunningServer.Face()[..200]), 422);
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", []), 422, "empty");
    }

    [Theory]
    [InlineData("multipart/form-data", 400)]
    [InlineData("multipart/form-data; boundary=" + "0123456789012345678901234567890123456789012345678901234567890123456789x", 400)]
    [InlineData("multipart/form-data; boundary=none", 400)]
    public async Task Parts_that_cannot_be_told_apart_are_a_bad_request(string type, int status)
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole", RunningServer.Face(), type), status);
    }

    [Fact]
    public async Task A_form_without_pictures_cannot_be_processed()
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.PostAsync(
            "v1/predict?faces=whole", "--b--\r\n"u8.ToArray(), "multipart/form-data; boundary=b"), 422, "no picture");
    }

    [Fact]
    public async Task Other_paths_and_methods_are_told_what_is_there()
    {
        await using var server = await RunningServer.StartAsync();
        await RunningServer.ProblemAsync(await server.Client.GetAsync("v2/predict", Cancel), 404, Routes.OpenApi);
        var response = await server.Client.GetAsync("v1/predict", Cancel);
        await RunningServer.ProblemAsync(response, 405, "POST");
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    private static string Probabilities(JsonElement answer) => answer.GetProperty("faces")[0].GetProperty("probabilities").GetRawText();
}
