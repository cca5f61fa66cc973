using Fer.Pipeline;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Faces;

public class LabelMapTests
{
    private static string Resolve(string labels, string map, List<string>? notes = null) => string.Join(',',
        new LabelMap(map.Length == 0 ? null : LabelMap.Parse([map]))
            .Resolve(labels.Split(','), "faces", "folders", (notes ?? []).Add).OrderBy(pair => pair.Key).Select(pair => pair.Value));

    [Fact]
    public void FER2013s_numbers_are_its_emotions_and_a_note_says_so()
    {
        var notes = new List<string>();
        Assert.Equal("angry,happy", Resolve("0,3", "", notes));
        Assert.Contains("0 angry, 3 happy", Assert.Single(notes));
    }

    [Theory]
    [InlineData("1,2,3,4,5,6,7", "--map 1=surprise,2=fear,3=disgust,4=happy,5=sad,6=angry,7=neutral (RAF-DB's order)")]
    [InlineData("1,2,3,4,5,6", "--map 1=surprise,2=fear")]
    [InlineData("0,1,2,3,4,5,6,7", "--map 0=neutral,1=happy,2=sad,3=surprise,4=fear,5=disgust,6=angry,7=contempt (AffectNet's order)")]
    [InlineData("class001,class002", "called class001, class002")]
    [InlineData("bored,12", "--map 12=")]
    public void Other_numbers_are_asked_for_by_what_was_found(string labels, string expected) =>
        Assert.Contains(expected, Assert.Throws<FerException>(() => Resolve(labels, "")).Message);

    [Fact]
    public void A_map_gives_any_label_any_name()
    {
        var notes = new List<string>();
        Assert.Equal("surprise,tired", Resolve("1,class002", "1=surprise,CLASS002=tired,9=sad", notes));
        Assert.Contains("9, which faces does not have", Assert.Single(notes));
        Assert.Contains("folders are called 3,", Assert.Throws<FerException>(() => Resolve("1,3", "1=surprise")).Message);
    }

    [Theory]
    [InlineData("1", "FROM=INTO")]
    [InlineData("1=a,1=b", "twice")]
    public void A_map_that_is_none_is_refused(string map, string expected) =>
        Assert.Contains(expected, Assert.Throws<FerUsageException>(() => LabelMap.Parse([map])).Message);
}
