using System.Collections.Frozen;

namespace Fer.Pipeline.Faces;

/// <summary>The names that data sets, folders and people use for the emotions, and the canonical name of each.</summary>
public static class EmotionNames
{
    private static readonly string[] Names = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt"];

    private static readonly FrozenDictionary<string, Emotion> Known = new Dictionary<string, Emotion>
    {
        ["angry"] = Emotion.Angry,
        ["anger"] = Emotion.Angry,
        ["mad"] = Emotion.Angry,
        ["disgust"] = Emotion.Disgust,
        ["disgusted"] = Emotion.Disgust,
        ["fear"] = Emotion.Fear,
        ["fearful"] = Emotion.Fear,
        ["afraid"] = Emotion.Fear,
        ["scared"] = Emotion.Fear,
        ["happy"] = Emotion.Happy,
        ["happiness"] = Emotion.Happy,
        ["joy"] = Emotion.Happy,
        ["joyful"] = Emotion.Happy,
        ["sad"] = Emotion.Sad,
        ["sadness"] = Emotion.Sad,
        ["surprise"] = Emotion.Surprise,
        ["surprised"] = Emotion.Surprise,
        ["neutral"] = Emotion.Neutral,
        ["neutrality"] = Emotion.Neutral,
        ["calm"] = Emotion.Neutral,
        ["contempt"] = Emotion.Contempt,
        ["contemptuous"] = Emotion.Contempt,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The canonical name of each emotion, in the order of <see cref="Emotion"/>.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>The canonical name of an emotion: lower case, as in FER2013's folders.</summary>
    public static string NameOf(Emotion emotion) => Names[(int)emotion];

    /// <summary>Finds the emotion of a name or synonym, ignoring case and surrounding white space.</summary>
    public static bool TryParse(string name, out Emotion emotion) => Known.TryGetValue(name.Trim(), out emotion);

    /// <summary>The emotion of a name or synonym, ignoring case.</summary>
    /// <exception cref="FerUsageException">The name is unknown; the message suggests the nearest.</exception>
    public static Emotion Parse(string name) =>
        TryParse(name, out var emotion) ? emotion : throw new FerUsageException(Unknown(name));

    /// <summary>The error message for an unknown name.</summary>
    internal static string Unknown(string name) =>
        $"'{name}' is not an emotion.{NearestName.Hint(name, Known.Keys.Order(StringComparer.Ordinal))} "
        + $"Known names: {string.Join(", ", Names)}.";
}
