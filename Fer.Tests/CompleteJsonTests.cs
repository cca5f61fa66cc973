using System.Text.Json;
using Fer.Pipeline;

namespace Fer.Tests;

public class CompleteJsonTests
{
    private static readonly JsonSerializerOptions Options = new(CompleteJson.Options) { Converters = { new CompleteJson.FiniteNumber() } };

    private sealed record Sample(string Name, IReadOnlyList<string> Texts, IReadOnlyDictionary<string, string> Map,
        IReadOnlyList<double?> Figures);

    [Fact]
    public void What_is_whole_is_read_and_figures_may_be_missing()
    {
        var sample = JsonSerializer.Deserialize<Sample>("""{"Name":"a","Texts":["b"],"Map":{"c":"d"},"Figures":[1,null]}""", Options)!;
        Assert.Equal([1, null], sample.Figures);
    }

    [Theory]
    [InlineData("""{"Name":null,"Texts":[],"Map":{},"Figures":[]}""")]
    [InlineData("""{"Texts":[],"Map":{},"Figures":[]}""")]
    [InlineData("""{"Name":"","Texts":["a",null],"Map":{},"Figures":[]}""")]
    [InlineData("""{"Name":"","Texts":[],"Map":{"a":null},"Figures":[]}""")]
    [InlineData("""{"Name":"","Texts":[],"Map":{},"Figures":[1e999]}""")]
    public void What_is_missing_null_or_infinite_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Sample>(json, Options));
}
