using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Server;
using Fer.Tests.Models;
using Fer.Tests.Networks;

namespace Fer.Tests.Server;

public sealed class ModelShelfTests : IDisposable
{
    private readonly TestModels _models = new();
    private readonly List<(string Name, string Path)> _others = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _models.Dispose();

    private ServeOptions Options => new() { ModelName = "first", OtherModels = () => [.. _others], MaxOtherModels = 1 };

    /// <summary>A model with weights of its own that averages over some views.</summary>
    private string Save(string name, long seed, FaceViews views = FaceViews.Flip)
    {
        ModelZip.Save(_models.Path(name), InferenceGraph.Create([TestNetworks.Classifier(seed: seed)], views),
            TestModels.Manifest(), TestModels.Metrics);
        return _models.Path(name);
    }

    private static async Task<string> Faces(RunningServer server, string query) =>
        (await RunningServer.JsonAsync(await server.PostAsync($"v1/predict?faces=whole{query}", RunningServer.Face()))).GetProperty("faces")
            .GetRawText();

    [Fact]
    public async Task A_model_that_appears_while_the_server_runs_can_be_asked_and_stands_beside_the_first()
    {
        await using var server = await RunningServer.StartAsync(Options);
        await RunningServer.ProblemAsync(await server.PostAsync("v1/predict?faces=whole&model=other", RunningServer.Face()), 404, "other");
        _others.Add(("other", Save("other.zip", 2)));
        var listed = await RunningServer.JsonAsync(await server.Client.GetAsync(Routes.Models, Cancel));
        Assert.Equal(["first", "other"], listed.GetProperty("models").EnumerateArray().Select(m => m.GetString()));
        var both = await RunningServer.JsonAsync(
            await server.PostAsync("v1/predict?faces=whole&beside=other", RunningServer.Face()));
        Assert.Equal("first", both.GetProperty("model").GetString());
        Assert.Equal("other", both.GetProperty("beside").GetString());
        var alone = await RunningServer.JsonAsync(
            await server.PostAsync("v1/predict?faces=whole&model=other", RunningServer.Face()));
        Assert.Equal("""{"used":2,"of":2}""", alone.GetProperty("views").GetRawText());
        Assert.Equal(alone.GetProperty("faces")[0].GetProperty("probabilities").GetRawText(),
            both.GetProperty("faces")[0].GetProperty("beside").GetProperty("probabilities").GetRawText());
        Assert.NotEqual(await Faces(server, ""), alone.GetProperty("faces").GetRawText());
        var model = await RunningServer.JsonAsync(await server.Client.GetAsync("v1/model?model=other", Cancel));
        Assert.Equal("other", model.GetProperty("name").GetString());
        Assert.Equal(2, model.GetProperty("views").GetInt32());
    }

    [Fact]
    public async Task A_file_that_was_written_again_is_loaded_again_and_one_that_cannot_be_read_is_a_problem()
    {
        string path = Save("other.zip", 2);
        _others.Add(("other", path));
        await using var server = await RunningServer.StartAsync(Options);
        string before = await Faces(server, "&model=other");
        File.Copy(Save("newer.zip", 3), path, overwrite: true);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(30_000));
        Assert.NotEqual(before, await Faces(server, "&model=other"));
        await File.WriteAllTextAsync(path, "no zip", Cancel);
        var problem = await RunningServer.ProblemAsync(
            await server.PostAsync("v1/predict?faces=whole&model=other", RunningServer.Face()), 422, "'other' cannot be read");
        Assert.DoesNotContain("other.zip", problem.GetRawText());
        Assert.Contains("other.zip", server.Log.ToString());
    }

    [Fact]
    public async Task Models_make_room_for_others_but_not_while_they_are_used()
    {
        foreach (string name in (string[])["a", "b"]) _others.Add((name, _models.Path(name)));
        int loads = 0;
        using var model = FerModel.Load(_models.Save(), 1);
        await using var log = new ServerLog(TextWriter.Null, TimeProvider.System);
        await using var shelf = new ModelShelf(model, Options, new ServerMetrics(), log, TimeProvider.System, _ =>
        {
            loads++;
            return FerModel.Load(_models.Path("model.zip"), 1);
        });
        using (var a = await shelf.TakeAsync("a", Cancel))
        {
            Assert.Equal("a", a.Model.Name);
            Assert.Equal(503, (await Assert.ThrowsAsync<RequestProblem>(() => shelf.TakeAsync("b", Cancel))).Status);
        }
        (await shelf.TakeAsync("b", Cancel)).Dispose();
        (await shelf.TakeAsync("b", Cancel)).Dispose();
        Assert.Equal(2, loads);
        (await shelf.TakeAsync(null, Cancel)).Dispose();
        (await shelf.TakeAsync("a", Cancel)).Dispose();
        Assert.Equal(3, loads);
    }

    [Fact]
    public async Task A_live_camera_takes_two_models_and_a_film_its_own_time()
    {
        _others.Add(("other", Save("other.zip", 2)));
        await using var server = await RunningServer.StartAsync(Options, new HalvesFinder());
        string live = server.Server.Url.Replace("http", "ws") + Routes.Live;
        using (var socket = new ClientWebSocket())
        {
            socket.Options.AddSubProtocol(RequestGuard.LiveProtocol);
            await socket.ConnectAsync(new Uri(live + "?model=other&beside=first&time=frames"), Cancel);
            // By its own time the film shows the faces again after two seconds: they are others then.
            foreach (var (number, first) in ((uint, int)[])[(0, 1), (100, 1), (2100, 3)])
            {
                var answer = await Ask(socket, number);
                Assert.Equal("other", answer.GetProperty("model").GetString());
                Assert.Equal(2, answer.GetProperty("views").GetProperty("used").GetInt32());
                var faces = answer.GetProperty("faces");
                Assert.Equal([first, first + 1], faces.EnumerateArray().Select(f => f.GetProperty("id").GetInt32()));
                foreach (var face in faces.EnumerateArray())
                    Assert.Equal(server.Model.ClassNames,
                        face.GetProperty("beside").GetProperty("probabilities").EnumerateObject().Select(p => p.Name));
            }
        }
        foreach (string query in (string[])["?model=none", "?time=now", "?modle=other"])
        {
            using var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol(RequestGuard.LiveProtocol);
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(live + query), Cancel));
        }
    }

    [Fact]
    public async Task A_face_is_explained_by_a_map_of_what_speaks_for_a_class()
    {
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        var answer = await RunningServer.JsonAsync(
            await server.PostAsync("v1/explain?class=sad&near=50,20", TestPictures.Jpeg, "image/jpeg"));
        Assert.Equal("sad", answer.GetProperty("class").GetString());
        Assert.Equal(32, answer.GetProperty("box").GetProperty("x").GetDouble());
        Assert.Equal("[[32,0],[64,0],[64,48],[32,48]]", answer.GetProperty("corners").GetRawText());
        var map = answer.GetProperty("map");
        Assert.Equal(map.GetProperty("side").GetInt32() * map.GetProperty("side").GetInt32(), map.GetProperty("values").GetArrayLength());
        Assert.All(map.GetProperty("values").EnumerateArray(), value => Assert.InRange(value.GetDouble(), 0, 1));
        var problems = new (string Query, int Status, string Words)[]
        {
            ("class=angri", 400, "angry"), ("near=1", 400, "near=220,180"), ("beside=first", 400, "beside"), ("model=none", 404, "none"),
        };
        foreach (var (query, status, words) in problems)
            await RunningServer.ProblemAsync(await server.PostAsync($"v1/explain?{query}", TestPictures.Jpeg, "image/jpeg"), status, words);
        await RunningServer.ProblemAsync(await server.PostAsync("v1/explain", TestPictures.Tiny), 422, "no face");
    }

    private static async Task<JsonElement> Ask(ClientWebSocket socket, uint number)
    {
        var frame = new byte[4 + TestPictures.Jpeg.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, number);
        TestPictures.Jpeg.CopyTo(frame, 4);
        await socket.SendAsync(frame, WebSocketMessageType.Binary, true, Cancel);
        var buffer = new byte[1 << 16];
        var got = await socket.ReceiveAsync(buffer, Cancel);
        return JsonDocument.Parse(buffer.AsMemory(0, got.Count)).RootElement;
    }
}
