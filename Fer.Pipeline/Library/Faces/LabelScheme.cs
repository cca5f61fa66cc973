namespace Fer.Pipeline.Faces;

/// <summary>
/// The classes of a classifier, and the class that each emotion belongs to. Classes are always in FER2013's order of emotions (contempt
/// last), whatever order they were given in, so that reports of different schemes line up.
/// </summary>
public sealed class LabelScheme
{
    private static readonly int EmotionCount = EmotionNames.All.Count;
    private readonly int[] _classOf;

    private LabelScheme(string name, int[] classOf, IReadOnlyList<string> classNames)
    {
        Name = name;
        _classOf = classOf;
        ClassNames = classNames;
        Definition = name == CustomName ? Describe(classOf, classNames) : name;
    }

    private const string CustomName = "custom";

    /// <summary>The scheme's name: <c>seven</c>, <c>six</c>, <c>three</c>, <c>eight</c> or <c>custom</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// The text that <see cref="Parse"/> turns back into this scheme: its name, or for a custom one its classes with the emotions merged
    /// into each, such as <c>angry+disgust,happy</c>.
    /// </summary>
    public string Definition { get; }

    /// <summary>Class names in the order of the class indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class index of an emotion, or -1 if the scheme leaves it out.</summary>
    public int ClassOf(Emotion emotion) => _classOf[(int)emotion];

    /// <summary>FER2013's seven classes, in its own order.</summary>
    public static LabelScheme Seven { get; } =
        new("seven", [0, 1, 2, 3, 4, 5, 6, -1], ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]);

    /// <summary>FER2013's classes with disgust, the rarest, merged into angry.</summary>
    public static LabelScheme Six { get; } =
        new("six", [0, 0, 1, 2, 3, 4, 5, -1], ["angry", "fear", "happy", "sad", "surprise", "neutral"]);

    /// <summary>The three largest classes; faces of the others are left out.</summary>
    public static LabelScheme Three { get; } =
        new("three", [-1, -1, -1, 0, 1, -1, 2, -1], ["happy", "sad", "neutral"]);

    /// <summary>
    /// FER+'s eight classes under FER2013's names and order, contempt last (FER+'s file has neutral, happiness, surprise, sadness, anger,
    /// disgust, fear, contempt). Needs the FER+ votes.
    /// </summary>
    public static LabelScheme Eight { get; } =
        new("eight", [0, 1, 2, 3, 4, 5, 6, 7], ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt"]);

    /// <summary>The names that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["seven", "six", "three", "eight"];

    /// <summary>A scheme by name, or a custom one by its <see cref="Definition"/>.</summary>
    /// <exception cref="FerUsageException">The name is unknown; the message suggests the nearest.</exception>
    public static LabelScheme Parse(string name)
    {
        string text = name.Trim();
        foreach (var scheme in (LabelScheme[])[Seven, Six, Three, Eight])
            if (scheme.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) return scheme;
        if (!text.Contains(','))
        {
            throw new FerUsageException(
                $"'{name}' is not a label scheme.{NearestName.Hint(text, Names)} Known schemes: {string.Join(", ", Names)}. " +
                "A custom one is a list of classes, such as angry+disgust,happy,sad.");
        }
        var classes = new List<string>();
        var merges = new List<string>();
        foreach (string part in text.Split(','))
        {
            string[] members = part.Split('+');
            classes.Add(members[0]);
            merges.AddRange(members.Skip(1).Select(member => $"{member}={members[0]}"));
        }
        return Custom(classes, merges);
    }

    /// <summary>A custom scheme.</summary>
    /// <param name="classes">The emotions to tell apart, by name or synonym; an empty list stands for FER2013's seven without those merged
    /// away.</param>
    /// <param name="merges">What is merged into what, such as <c>disgust=angry</c>: faces of the first count as the second.</param>
    /// <exception cref="FerUsageException">A name is unknown, given twice or contradicts another, or fewer than two classes are
    /// left.</exception>
    public static LabelScheme Custom(IEnumerable<string> classes, IEnumerable<string> merges)
    {
        var joined = ParseMerges(merges);
        var wanted = new HashSet<Emotion>();
        foreach (string name in classes)
        {
            var emotion = EmotionNames.Parse(name);
            if (!wanted.Add(emotion))
                throw new FerUsageException($"The class {EmotionNames.NameOf(emotion)} is listed twice. List each class once.");
            if (joined.TryGetValue(emotion, out var into))
            {
                throw new FerUsageException($"{EmotionNames.NameOf(emotion)} is listed as a class and merged into "
                    + $"{EmotionNames.NameOf(into)}. Remove it from the classes, or do not merge it.");
            }
        }
        if (wanted.Count == 0)
            for (var emotion = Emotion.Angry; emotion <= Emotion.Neutral; emotion++)
                if (!joined.ContainsKey(emotion)) wanted.Add(emotion);
        foreach (var (from, into) in joined)
        {
            if (!wanted.Contains(into))
            {
                throw new FerUsageException($"{EmotionNames.NameOf(from)} is merged into "
                    + $"{EmotionNames.NameOf(into)}, which is not a class. " +
                    $"Add {EmotionNames.NameOf(into)} to the classes.");
            }
        }
        if (wanted.Count < 2)
            throw new FerUsageException($"{wanted.Count} class is left; a classifier needs at least two.");

        Emotion[] ordered = [.. wanted.Order()];
        var classOf = new int[EmotionCount];
        for (int e = 0; e < EmotionCount; e++)
            classOf[e] = Array.IndexOf(ordered, joined.TryGetValue((Emotion)e, out var into) ? into : (Emotion)e);
        return new LabelScheme(CustomName, classOf, [.. ordered.Select(EmotionNames.NameOf)]);
    }

    private static Dictionary<Emotion, Emotion> ParseMerges(IEnumerable<string> merges)
    {
        var joined = new Dictionary<Emotion, Emotion>();
        foreach (string merge in merges)
        {
            string[] sides = merge.Split('=');
            if (sides.Length != 2)
                throw new FerUsageException($"'{merge}' is not a merge. Write it as FROM=INTO, for example disgust=angry.");
            Emotion from = EmotionNames.Parse(sides[0]), into = EmotionNames.Parse(sides[1]);
            if (from == into)
                throw new FerUsageException($"'{merge}' merges an emotion with itself.");
            if (!joined.TryAdd(from, into))
                throw new FerUsageException($"{EmotionNames.NameOf(from)} is merged twice. Merge it into one class.");
        }
        return joined;
    }

    private static string Describe(int[] classOf, IReadOnlyList<string> classNames) =>
        string.Join(',', classNames.Select((name, c) =>
            string.Concat(name,
                string.Concat(EmotionNames.All.Where((member, e) => classOf[e] == c && member != name).Select(member => $"+{member}")))));
}
