using Fer.Pipeline;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Faces;

public class LabelSchemeTests
{
    [Theory]
    [InlineData("seven", "angry,disgust,fear,happy,sad,surprise,neutral", "0,1,2,3,4,5,6,-1")]
    [InlineData("SIX", "angry,fear,happy,sad,surprise,neutral", "0,0,1,2,3,4,5,-1")]
    [InlineData("three", "happy,sad,neutral", "-1,-1,-1,0,1,-1,2,-1")]
    [InlineData("eight", "angry,disgust,fear,happy,sad,surprise,neutral,contempt", "0,1,2,3,4,5,6,7")]
    [InlineData("happiness, sad", "happy,sad", "-1,-1,-1,0,1,-1,-1,-1")]
    [InlineData("sad,angry+disgust+contempt,happy", "angry,happy,sad", "0,0,-1,1,2,-1,-1,0")]
    public void A_scheme_by_name_has_its_classes(string name, string classes, string classOf)
    {
        var scheme = LabelScheme.Parse(name);
        Assert.Equal(classes, string.Join(',', scheme.ClassNames));
        Assert.Equal(classOf, string.Join(',', Enum.GetValues<Emotion>().Select(scheme.ClassOf)));
        var again = LabelScheme.Parse(scheme.Definition);
        Assert.Equal(scheme.Name, again.Name);
        Assert.Equal(scheme.Definition, again.Definition);
        Assert.Equal(classOf, string.Join(',', Enum.GetValues<Emotion>().Select(again.ClassOf)));
    }

    [Fact]
    public void Merging_alone_keeps_the_others_of_the_seven() =>
        Assert.Equal(LabelScheme.Six.ClassNames, LabelScheme.Custom([], ["disgust=anger"]).ClassNames);

    [Theory]
    [InlineData("sevn", "", "'seven'")]
    [InlineData("happy,hapy", "", "'happy'")]
    [InlineData("happy,happiness", "", "twice")]
    [InlineData("happy,sad", "disgust", "FROM=INTO")]
    [InlineData("happy,sad", "disgust=angry", "not a class")]
    [InlineData("happy,sad", "sad=happy", "listed as a class and merged")]
    [InlineData("happy,sad", "fear=fear", "itself")]
    [InlineData("happy,sad", "fear=sad;fear=happy", "merged twice")]
    [InlineData("happy", "sad=happy", "1 class")]
    public void An_invalid_scheme_says_why(string classes, string merges, string expected)
    {
        var error = Assert.Throws<FerUsageException>(() => classes == "sevn"
            ? LabelScheme.Parse(classes)
            : LabelScheme.Custom(classes.Split(','), merges.Split(';', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(expected, error.Message);
    }
}
