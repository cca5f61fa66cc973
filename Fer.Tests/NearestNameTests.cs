using Fer.Pipeline;

namespace Fer.Tests;

public class NearestNameTests
{
    [Theory]
    [InlineData("hapy", "happy")]
    [InlineData("ahppy", "happy")]
    [InlineData("SAD", "sad")]
    [InlineData("supprise", "surprise")]
    [InlineData("surp", "surprise")]
    [InlineData("zebra", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void Names_the_nearest_or_nothing_where_none_is_near(string given, string? expected) =>
        Assert.Equal(expected, NearestName.Find(given, ["angry", "happy", "sad", "surprise"]));

    [Fact]
    public void The_first_of_equally_near_names_wins() => Assert.Equal("ab1", NearestName.Find("ab3", ["ab1", "ab2"]));

    [Fact]
    public void A_very_long_name_is_near_to_nothing() => Assert.Null(NearestName.Find(new string('a', 100_000), ["angry"]));
}
