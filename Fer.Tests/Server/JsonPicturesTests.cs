using System.Net.Http.Json;
using System.Text;
using Fer.Server;

namespace Fer.Tests.Server;

public sealed class JsonPicturesTests
{
    private static readonly byte[] Picture = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

    private static string Coded => Convert.ToBase64String(Picture);

    private static (List<(string Name, ReadOnlyMemory<byte> Bytes)> Pictures, bool IsList) Parse(string json, int most = 8) =>
        JsonPictures.Parse(Encoding.UTF8.GetBytes(json), most);

    [Fact]
    public void One_picture_is_answered_alone_and_a_list_as_a_list()
    {
        var one = Parse($$"""{"picture":"{{Coded}}"}""");
        Assert.False(one.IsList);
        Assert.Equal(Picture, Assert.Single(one.Pictures).Bytes.ToArray());
        var many = Parse($$""" { "pictures" : [ "{{Coded}}", {"name":"a.png","data":"{{Coded}}"}, {"data":"AA=="} ] } """);
        Assert.True(many.IsList);
        Assert.Equal(["picture 1", "a.png", "picture 3"], many.Pictures.Select(p => p.Name));
        Assert.Equal([Picture, Picture, [0]], many.Pictures.Select(p => p.Bytes.ToArray()));
        Assert.True(Parse($$"""{"pictures":["{{Coded}}"]}""").IsList);
    }

    [Fact]
    public void Data_urls_and_what_json_writers_escape_are_read()
    {
        string escaped = string.Concat(Coded.Select(c => c switch { '+' => @"\u002B", '=' => @"\u003d", '/' => @"\/", _ => c.ToString() }));
        Assert.Contains(@"\u002B", escaped);
        string[] written =
        [
            escaped, "data:image/png;base64," + Coded, @"data:image\/png;base64," + escaped, Coded.Insert(9, @"\r\n"),
        ];
        foreach (string text in written)
            Assert.Equal(Picture, Assert.Single(Parse($$"""{"picture":"{{text}}"}""").Pictures).Bytes.ToArray());
    }

    [Theory]
    [InlineData("", 400, "line 1")]
    [InlineData("{\n  \"picture\":", 400, "line 2")]
    [InlineData("{\"picture\":\"AAAA\"} x", 400, "no JSON")]
    [InlineData("[]", 400, "an object")]
    [InlineData("{}", 422, "no picture")]
    [InlineData("{\"pictures\":[]}", 422, "no picture")]
    [InlineData("{\"picture\":7}", 400, "a text")]
    [InlineData("{\"pictures\":\"AAAA\"}", 400, "a list")]
    [InlineData("{\"picure\":\"AAAA\"}", 400, "picture")]
    [InlineData("{\"picture\":\"A*A=\"}", 400, "picture: it is not base64")]
    [InlineData("{\"picture\":\"AAA\\q\"}", 400, "no JSON")]
    [InlineData("{\"picture\":\"\\u00e4AAA\"}", 400, "not base64")]
    [InlineData("{\"pictures\":[{\"name\":\"b.png\",\"data\":\"!\"}]}", 400, "b.png: it is not base64")]
    [InlineData("{\"pictures\":[{\"name\":\"b.png\"}]}", 400, "b.png: it has no 'data'")]
    [InlineData("{\"pictures\":[{\"dat\":\"AAAA\"}]}", 400, "'data'")]
    [InlineData("{\"pictures\":[{\"name\":\"\\ud800\",\"data\":\"AAAA\"}]}", 400, "surrogates")]
    [InlineData("{\"picture\":\"AAAA\",\"pictures\":[\"AAAA\"]}", 400, "once")]
    [InlineData("{\"pictures\":[\"AAAA\",\"AAAA\",\"AAAA\"]}", 413, "2 pictures")]
    [InlineData("{\"pictures\":[[[[[[\"AAAA\"]]]]]]}", 400, "picture 1")]
    public void What_is_wrong_is_said(string json, int status, string words)
    {
        var problem = Assert.Throws<RequestProblem>(() => Parse(json, most: 2));
        Assert.Equal(status, problem.Status);
        Assert.Contains(words, problem.Message);
    }

    [Fact]
    public async Task A_picture_in_json_is_answered_as_the_same_bytes_are()
    {
        await using var server = await RunningServer.StartAsync();
        byte[] face = RunningServer.Face(3);
        var plain = await RunningServer.JsonAsync(await server.PostAsync("v1/predict?faces=whole", face));
        var response = await server.Client.PostAsJsonAsync("v1/predict?faces=whole", new { picture = face }, RunningServer.Cancel);
        Assert.Equal(plain.GetProperty("faces").GetRawText(), (await RunningServer.JsonAsync(response)).GetProperty("faces").GetRawText());
        var several = new { pictures = new object[] { face, new { name = "no.png", data = "AAAA" } } };
        var list = await RunningServer.JsonAsync(
            await server.Client.PostAsJsonAsync("v1/predict?faces=whole", several, RunningServer.Cancel));
        var results = list.GetProperty("results");
        Assert.Equal(plain.GetProperty("faces").GetRawText(), results[0].GetProperty("faces").GetRawText());
        Assert.Equal("no.png", results[1].GetProperty("name").GetString());
        Assert.Equal(415, results[1].GetProperty("problem").GetProperty("status").GetInt32());
    }
}
