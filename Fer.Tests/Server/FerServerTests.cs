using System.Text.Json;
using System.Text.RegularExpressions;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed partial class FerServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopping_finishes_what_was_accepted_and_takes_nothing_new()
    {
        using var go = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder(() =>
        {
            begun.Release();
            go.Wait(Cancel);
        }));
        var accepted = server.PostAsync("v1/predict", RunningServer.Face());
        await begun.WaitAsync(Cancel);
        var stopping = server.Server.StopAsync();
        using var other = new HttpClient { BaseAddress = server.Client.BaseAddress };
        await Assert.ThrowsAsync<HttpRequestException>(() => other.GetAsync("healthz", Cancel));
        Assert.False(stopping.IsCompleted);
        go.Set();
        Assert.True((await accepted).IsSuccessStatusCode);
        await stopping;
    }

    [Fact]
    public async Task A_failure_inside_is_a_plain_500_and_the_log_says_more()
    {
        bool fails = true;
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder(() =>
        {
            if (fails) throw new InvalidOperationException("inner secret");
        }));
        var problem = await RunningServer.ProblemAsync(await server.PostAsync("v1/predict", RunningServer.Face()), 500);
        Assert.DoesNotContain("secret", problem.GetRawText());
        Assert.Contains("inner secret", server.Log.ToString());
        fails = false;
        Assert.True((await server.PostAsync("v1/predict", RunningServer.Face())).IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_model_is_described_with_its_limits()
    {
        await using var server = await RunningServer.StartAsync(new() { MaxPictures = 5 }, new HalvesFinder());
        var model = await RunningServer.JsonAsync(await server.Client.GetAsync("v1/model", Cancel));
        Assert.Equal(server.Model.ClassNames, model.GetProperty("emotions").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("halves", model.GetProperty("detector").GetString());
        Assert.Contains("not a feeling", model.GetProperty("limits")[0].GetString());
        Assert.Equal(5, model.GetProperty("takes").GetProperty("pictures").GetInt32());
        // A figure that is no number is left out rather than breaking the JSON.
        Assert.Equal(["validationAccuracy"], model.GetProperty("metrics").EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    public void The_limits_of_own_classes_speak_of_no_emotions_and_no_FER2013()
    {
        string own = string.Join(' ', ModelEndpoint.LimitsOf(["bored", "engaged", "happy"]));
        Assert.Contains("not what goes on in the person", own);
        Assert.DoesNotContain("FER2013", own);
        Assert.Contains("FER2013", string.Join(' ', ModelEndpoint.LimitsOf(["neutral", "happiness", "sad"])));
    }

    [Fact]
    public async Task Metrics_are_in_prometheus_text_and_tell_where_the_time_goes()
    {
        await using var server = await RunningServer.StartAsync();
        for (int i = 0; i < 3; i++) await server.PostAsync("v1/predict?faces=whole", RunningServer.Face(i));
        await server.Client.GetAsync("nothing/here", Cancel);
        string text = await server.Client.GetStringAsync("metrics", Cancel);
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches(MetricLine(), line));
        Assert.Contains("fer_requests_total{route=\"/v1/predict\",status=\"200\"} 3\n", text);
        Assert.Contains("fer_requests_total{route=\"other\",status=\"404\"} 1\n", text);
        foreach (string stage in (string[])["decode", "detect", "queue", "classify", "total"])
            Assert.Contains($"fer_stage_seconds_count{{stage=\"{stage}\"}} 3\n", text);
        Assert.Contains("fer_stage_seconds_bucket{stage=\"total\",le=\"+Inf\"} 3\n", text);
        Assert.Contains("fer_faces_total 3\n", text);
    }

    [Fact]
    public async Task The_openapi_document_describes_every_route_and_what_is_answered()
    {
        await using var server = await RunningServer.StartAsync();
        var document = await RunningServer.JsonAsync(await server.Client.GetAsync(Routes.OpenApi, Cancel));
        string[] routes =
            [Routes.Predict, Routes.Explain, Routes.Live, Routes.Model, Routes.Models, Routes.Health, Routes.Metrics];
        Assert.Equal(routes.Order(),
            document.GetProperty("paths").EnumerateObject().Select(p => p.Name).Order());
        foreach (Match reference in Reference().Matches(document.GetRawText()))
            Assert.True(
                reference.Groups[1].Value.Split('/').Aggregate((JsonElement?)document,
                    (at, name) => at?.TryGetProperty(name, out var next) == true ? next : null) is not null, reference.Value);
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var answer = await RunningServer.JsonAsync(await server.PostAsync("v1/predict?faces=whole", RunningServer.Face()));
        Matches(answer, schemas.GetProperty("Prediction"), document);
        Matches(await RunningServer.JsonAsync(await server.PostAsync("v1/explain?faces=whole", RunningServer.Face())),
            schemas.GetProperty("Explanation"), document);
        Matches(await RunningServer.JsonAsync(await server.Client.GetAsync("v1/model", Cancel)), schemas.GetProperty("Model"), document);
        Matches(await RunningServer.JsonAsync(await server.Client.GetAsync("nothing", Cancel)), schemas.GetProperty("Problem"), document);
    }

    [Fact]
    public async Task Every_file_of_the_page_is_served_safely_and_only_once_while_it_stays_the_same()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Contains(PageFile.All, f => f.Path == "/");
        Assert.Contains(PageFile.All, f => f.Path == "/app.js");
        foreach (var file in PageFile.All)
        {
            var response = await server.Client.GetAsync(file.Path, Cancel);
            Assert.True(response.IsSuccessStatusCode, file.Path);
            Assert.Contains("default-src 'none'", string.Join("", response.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", string.Join("", response.Headers.GetValues("X-Content-Type-Options")));
            using var again = new HttpRequestMessage(HttpMethod.Get, file.Path);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            Assert.Equal(304, (int)(await server.Client.SendAsync(again, Cancel)).StatusCode);
        }
    }

    [Fact]
    public async Task The_page_about_the_interface_comes_whole_from_this_server_under_the_same_policy()
    {
        await using var server = await RunningServer.StartAsync();
        var response = await server.Client.GetAsync(Routes.Docs, Cancel);
        Assert.Contains("script-src 'self'", string.Join("", response.Headers.GetValues("Content-Security-Policy")));
        string html = await response.Content.ReadAsStringAsync(Cancel);
        Assert.DoesNotContain("//", Comment().Replace(html, ""));
        foreach (Match file in Linked().Matches(html))
        {
            var address = new Uri(new Uri($"{server.Server.Url}{Routes.Docs}/"), file.Groups[1].Value);
            Assert.True((await server.Client.GetAsync(address, Cancel)).IsSuccessStatusCode, file.Value);
        }
        Assert.Contains(Routes.OpenApi, await server.Client.GetStringAsync($"{Routes.Docs}/index.js", Cancel));
    }

    [Fact]
    public void The_page_fetches_nothing_from_elsewhere()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(TestPaths.Root, "Fer.Pipeline", "Server", "Page")))
        {
            var addresses = Address().Matches(File.ReadAllText(file)).Select(m => m.Value).Where(
                a => a is not ("http://www.w3.org" or "http://localhost$"));
            Assert.Empty(addresses);
        }
    }

    /// <summary>Checks the members, their kinds and references; enough for a document that this project writes.</summary>
    private static void Matches(JsonElement value, JsonElement schema, JsonElement document)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Matches(value, document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]),
                document);
            return;
        }
        string[] kinds = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } many
            ? [.. many.EnumerateArray().Select(t => t.GetString()!)] : [schema.GetProperty("type").GetString()!];
        string kind = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Null => "null",
            _ => kinds.Contains("integer") && value.TryGetInt64(out _) ? "integer" : "number",
        };
        Assert.Contains(kind, kinds);
        if (kind == "array") Assert.All(value.EnumerateArray(), item => Matches(item, schema.GetProperty("items"), document));
        if (kind != "object") return;
        if (schema.TryGetProperty("required", out var required))
            Assert.All(required.EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), name.GetString()));
        foreach (var member in value.EnumerateObject())
        {
            bool known = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out _);
            Assert.True(known || schema.TryGetProperty("additionalProperties", out _), $"{member.Name} is not in the document");
            Matches(member.Value, known ? properties.GetProperty(member.Name) : schema.GetProperty("additionalProperties"), document);
        }
    }

    [GeneratedRegex("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.eE+-]+)$")]
    private static partial Regex MetricLine();

    [GeneratedRegex("<!--.*?-->")]
    private static partial Regex Comment();

    [GeneratedRegex("(?:src|href)=\"(?:\\./)?([^\"]+)\"")]
    private static partial Regex Linked();

    [GeneratedRegex("\"\\$ref\": ?\"#/([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("(https?:)?//[a-z0-9.$-]+\\.[a-z]+|https?://[^\\s\"'`{]+")]
    private static partial Regex Address();
}
