using Fer.Pipeline;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Faces;

public class EmotionNamesTests
{
    [Theory]
    [InlineData("Happiness", Emotion.Happy)]
    [InlineData(" HAPPY ", Emotion.Happy)]
    [InlineData("anger", Emotion.Angry)]
    [InlineData("sadness", Emotion.Sad)]
    [InlineData("surprised", Emotion.Surprise)]
    [InlineData("Disgusted", Emotion.Disgust)]
    [InlineData("fearful", Emotion.Fear)]
    [InlineData("contempt", Emotion.Contempt)]
    public void A_synonym_in_any_case_is_the_one_emotion(string name, Emotion expected) => Assert.Equal(expected, EmotionNames.Parse(name));

    [Fact]
    public void Every_emotion_has_a_name_that_is_read_back() =>
        Assert.All(Enum.GetValues<Emotion>(), emotion => Assert.Equal(emotion, EmotionNames.Parse(EmotionNames.NameOf(emotion))));

    [Fact]
    public void An_unknown_name_names_the_nearest()
    {
        var error = Assert.Throws<FerUsageException>(() => EmotionNames.Parse("suprise"));
        Assert.Contains("'suprise'", error.Message);
        Assert.Contains("'surprise'", error.Message);
    }
}
