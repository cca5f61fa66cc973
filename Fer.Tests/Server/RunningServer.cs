using System.Net.Http.Headers;
using System.Text.Json;
using Fer.Pipeline.Data;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Server;
using Fer.Tests.Models;

namespace Fer.Tests.Server;

/// <summary>A server on a free port of this machine, and a client of it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly TestModels _models;
    private readonly FerModel _model;

    private RunningServer(TestModels models, FerModel model, FerServer server, StringWriter log)
    {
        (_models, _model, Server, Log) = (models, model, server, log);
        Client = new HttpClient { BaseAddress = new Uri(server.Url) };
    }

    internal FerServer Server { get; }

    internal FerModel Model => _model;

    internal StringWriter Log { get; }

    internal HttpClient Client { get; }

    internal static async Task<RunningServer> StartAsync(
        ServeOptions? options = null, IFaceFinder? finder = null, string? model = null, bool blazeFace = false)
    {
        var models = new TestModels();
        var loaded = FerModel.Load(model ?? models.Save(), 1);
        var log = new StringWriter();
        try
        {
            options = (options ?? new()) with { Listen = "127.0.0.1:0", LogSeconds = 0 };
            var server = blazeFace
                ? await FerServer.StartAsync(loaded, options, log, Cancel)
                : await FerServer.StartAsync(loaded, () => finder, options, log, TimeProvider.System, Cancel);
            return new RunningServer(models, loaded, server, log);
        }
        catch
        {
            loaded.Dispose();
            models.Dispose();
            throw;
        }
    }

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal Task<HttpResponseMessage> PostAsync(string path, byte[] body, string type = "image/png") =>
        Client.PostAsync(path, Content(body, type), Cancel);

    internal static ByteArrayContent Content(byte[] body, string? type)
    {
        var content = new ByteArrayContent(body);
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    internal static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement;

    /// <summary>A problem of this status that says something, and whose detail holds the words.</summary>
    internal static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status, params string[] words)
    {
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        string detail = problem.GetProperty("detail").GetString()!;
        Assert.All(words, word => Assert.Contains(word, detail));
        Assert.DoesNotContain(" at Fer.", detail);
        return problem;
    }

    /// <summary>A drawn face as a PNG file.</summary>
    internal static byte[] Face(int number = 0)
    {
        var pixels = new byte[Fer.Pipeline.Faces.Face.PixelCount];
        SampleFaces.Draw(5, number, pixels);
        return PngEncoder.Encode(new GrayImage(Fer.Pipeline.Faces.Face.Side, Fer.Pipeline.Faces.Face.Side, pixels));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _model.Dispose();
        _models.Dispose();
    }
}

/// <summary>Finds a face in each half of a picture that is wide enough, after a while where a test wants one.</summary>
internal sealed class HalvesFinder(Action? before = null) : IFaceFinder
{
    public string Name => "halves";

    public IReadOnlyList<FoundFace> Find(RgbImage picture, bool isFrame)
    {
        before?.Invoke();
        if (picture.Width < 20) return [];
        int half = picture.Width / 2;
        return [.. new[] { 0, half }.Select(
            (left, i) => new FoundFace(new FaceBox(left, 0, half, picture.Height),
                new DetectedFace(new FaceBox(left, 0, half, picture.Height), 0.9f - 0.1f * i, default),
                [.. Enumerable.Repeat((byte)(60 + 100 * i), Fer.Pipeline.Faces.Face.PixelCount)]))];
    }

    public void Dispose()
    {
    }
}

/// <summary>Takes every picture for one face in its middle.</summary>
internal sealed class WholeFinder : IFaceFinder
{
    public string Name => "whole";

    public IReadOnlyList<FoundFace> Find(RgbImage picture, bool isFrame)
    {
        var box = new FaceBox(picture.Width * 0.3f, picture.Height * 0.2f, picture.Height * 0.5f, picture.Height * 0.5f);
        return [new FoundFace(box, new DetectedFace(box, 0.9f, default), FacePredictor.CropFrame(picture, box))];
    }

    public void Dispose()
    {
    }
}
