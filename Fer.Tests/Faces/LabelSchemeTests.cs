using Fer.Pipeline;
using Fer.Pipeline.Faces;
using FsCheck;
using FsCheck.Fluent;

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
    [InlineData("happy,Happy", "", "twice")]
    [InlineData("bored, Bored", "", "twice")]
    [InlineData("bored", "", "1 class")]
    [InlineData("bored, ", "", "without a name")]
    [InlineData("bored,engaged", "tired=asleep", "not a class")]
    [InlineData("bored,engaged", "bored=engaged", "listed as a class and merged")]
    [InlineData("bored,engaged", "tired=bored;tired=engaged", "merged twice")]
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

    [Theory]
    [InlineData("engaged,bored", "engaged,bored", "bored 1,Engaged 0,happy -1")]
    [InlineData("bored+tired,happy", "bored,happy", "TIRED 0,joy 1,sad -1")]
    [InlineData("calm,neutral,happy", "calm,neutral,happy", "calm 0,neutral 1,happiness 2,sad -1")]
    [InlineData(@"a\,b,c\+d,e\\f", @"a,b|c+d|e\f", @"c+d 1,e\f 2")]
    public void Any_names_are_classes_in_the_order_given(string definition, string classes, string labels)
    {
        foreach (var scheme in (LabelScheme[])[LabelScheme.Parse(definition), LabelScheme.Parse(LabelScheme.Parse(definition).Definition)])
        {
            Assert.False(scheme.IsOfEmotions);
            Assert.Equal(classes.Split(classes.Contains('|') ? '|' : ','), scheme.ClassNames);
            foreach (string[] label in labels.Split(',').Select(text => text.Split(' ')))
                Assert.Equal(int.Parse(label[1], System.Globalization.CultureInfo.InvariantCulture), scheme.ClassOf(label[0]));
        }
    }

    [Theory]
    [InlineData("sad,Happiness,neutral", "", "three", "happy,sad,neutral")]
    [InlineData("surprise,sad,happy,neutral,fear,disgust,angry", "", "seven", "angry,disgust,fear,happy,sad,surprise,neutral")]
    [InlineData("engaged,Bored,bored,confused", "", "custom", "Bored,confused,engaged")]
    [InlineData("engaged,bored,confused", "confused=bored", "custom", "bored,engaged")]
    [InlineData("calm,neutral,happy", "", "custom", "calm,happy,neutral")]
    [InlineData("sad,joy,anger", "anger=sad", "custom", "happy,sad")]
    public void The_labels_of_data_make_its_classes(string labels, string merges, string name, string classes)
    {
        var scheme = LabelScheme.OfLabels(labels.Split(','), merges.Split(';', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((name, classes), (scheme.Name, string.Join(',', scheme.ClassNames)));
    }

    [Fact]
    public void What_is_merged_must_be_a_label() =>
        Assert.Contains("'bored'",
            Assert.Throws<FerUsageException>(() => LabelScheme.OfLabels(["bored", "engaged"], ["bord=engaged"])).Message);

    [Fact]
    public void Names_of_a_model_stay_as_they_are_and_find_their_emotions()
    {
        var scheme = LabelScheme.OfNames(["neutral", "happiness", "anger"]);
        Assert.Equal(["neutral", "happiness", "anger"], scheme.ClassNames);
        Assert.Equal((1, 2, -1), (scheme.ClassOf(Emotion.Happy), scheme.ClassOf("angry"), scheme.ClassOf("sad")));
        Assert.True(scheme.IsOfEmotions);
    }

    [Fact]
    public void Whatever_classes_are_called_their_definition_reads_back() => Prop.ForAll(
        Gen.Elements('+', ',', '=', '\\', '"', '\'', ' ', ';', '|', 'a', 'B', 'ä', '不').ArrayOf(8).Select(name => new string(name))
            .ArrayOf(4).ToArbitrary(), names =>
    {
        string[] given = [.. names.Select(name => name.Trim()).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (given.Length < 2) return;
        var scheme = LabelScheme.Parse(LabelScheme.OfNames(given).Definition);
        Assert.Equal(given, scheme.ClassNames);
        for (int c = 0; c < given.Length; c++) Assert.Equal(c, scheme.ClassOf(given[c]));
    }).QuickCheckThrowOnFailure();
}
