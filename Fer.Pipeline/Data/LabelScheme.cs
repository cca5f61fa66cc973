namespace Fer.Pipeline.Data;

/// <summary>Which classes are told apart, and which class each emotion belongs to.</summary>
public sealed class LabelScheme
{
    private readonly int[] _classOf;

    private LabelScheme(string name, IReadOnlyList<string> classNames, int[] classOf)
    {
        Name = name;
        ClassNames = classNames;
        _classOf = classOf;
    }

    /// <summary>The scheme's name: <c>seven</c>, <c>six</c>, <c>three</c>, <c>eight</c> or <c>custom</c>.</summary>
    public string Name { get; }

    /// <summary>Class names in the order of the class indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class index of an emotion, or -1 where the scheme leaves it out.</summary>
    public int ClassOf(Emotion emotion) => _classOf[(int)emotion];

    /// <summary>FER2013's seven classes, in its own order.</summary>
    public static LabelScheme Seven { get; } = new("seven", ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"], [0, 1, 2, 3, 4, 5, 6, -1]);
}
