namespace Fer.Pipeline.Faces;

/// <summary>
/// The classes of a classifier, and the class that each label of a data set belongs to. Where all classes are emotions, labels are read by
/// <see cref="EmotionNames"/> with their synonyms, and the classes stand in FER2013's order (contempt last), whatever order they were given
/// in, so that reports of different schemes line up. Any other names are classes of one's own: taken as they are, in the order given.
/// </summary>
public sealed class LabelScheme
{
    private static readonly int EmotionCount = EmotionNames.All.Count;
    // By emotion; -1 where it is in no class.
    private readonly int[] _classOf;
    // Of one's own classes, and what is merged into them, by name; empty where all are emotions.
    private readonly Dictionary<string, int> _own;

    private LabelScheme(string name, int[] classOf, IReadOnlyList<string> classNames, Dictionary<string, int>? own = null)
    {
        Name = name;
        _classOf = classOf;
        _own = own ?? [];
        ClassNames = classNames;
        Definition = name == CustomName ? Describe() : name;
    }

    private const string CustomName = "custom";

    /// <summary>The scheme's name: <c>seven</c>, <c>six</c>, <c>three</c>, <c>eight</c> or <c>custom</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// The text that <see cref="Parse"/> turns back into this scheme: its name, or for a custom one its classes with what is merged into
    /// each, such as <c>angry+disgust,happy</c>. A comma, plus sign or backslash in a name has a backslash before it.
    /// </summary>
    public string Definition { get; }

    /// <summary>Class names in the order of the class indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>True where every class is one or more emotions, so that FER2013's numbers and FER+'s votes tell the class.</summary>
    public bool IsOfEmotions => _own.Count == 0;

    /// <summary>The class index of an emotion, or -1 if the scheme leaves it out.</summary>
    public int ClassOf(Emotion emotion) => _classOf[(int)emotion];

    /// <summary>
    /// The class index of a data set's label, or -1 if the scheme leaves it out: by its own name, ignoring case, or as a synonym of an
    /// emotion.
    /// </summary>
    public int ClassOf(string label)
    {
        if (_own.TryGetValue(label.Trim(), out int own)) return own;
        return EmotionNames.TryParse(label, out var emotion) ? ClassOf(emotion) : -1;
    }

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
    /// disgust, fear, contempt). On the FER2013 CSV it needs the FER+ votes.
    /// </summary>
    public static LabelScheme Eight { get; } =
        new("eight", [0, 1, 2, 3, 4, 5, 6, 7], ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt"]);

    private static readonly LabelScheme[] Known = [Seven, Six, Three, Eight];

    /// <summary>The names that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["seven", "six", "three", "eight"];

    /// <summary>A scheme by name, or a custom one by its <see cref="Definition"/>.</summary>
    /// <exception cref="FerUsageException">The name is unknown; the message suggests the nearest.</exception>
    public static LabelScheme Parse(string name)
    {
        string text = name.Trim();
        if (Array.Find(Known, scheme => scheme.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known) return known;
        string[] parts = [.. LabelText.Split(text, ',')];
        if (parts.Length < 2)
        {
            throw new FerUsageException(
                $"'{name}' is not a label scheme.{NearestName.Hint(text, Names)} Known schemes: {string.Join(", ", Names)}. " +
                "A custom one is a list of classes, such as angry+disgust,happy,sad.");
        }
        var classes = new List<string>();
        var merges = new List<KeyValuePair<string, string>>();
        foreach (string part in parts)
        {
            string[] members = [.. LabelText.Split(part, '+').Select(LabelText.Unescape)];
            classes.Add(members[0]);
            merges.AddRange(members.Skip(1).Select(member => KeyValuePair.Create(member, members[0])));
        }
        return Custom(classes, merges);
    }

    /// <summary>A custom scheme.</summary>
    /// <param name="classes">The classes to tell apart; an empty list stands for FER2013's seven without those merged away.</param>
    /// <param name="merges">What is merged into what, such as <c>disgust=angry</c>: faces of the first count as the second.</param>
    /// <exception cref="FerUsageException">A name is empty, unknown, given twice or contradicts another, or fewer than two classes are
    /// left.</exception>
    public static LabelScheme Custom(IEnumerable<string> classes, IEnumerable<string> merges) =>
        Custom([.. classes], [.. merges.Select(merge => LabelText.Pair(merge, "a merge", "disgust=angry"))]);

    /// <summary>
    /// The classes of a data set by its labels: emotions where each label is another emotion, else the labels as they are, in alphabetical
    /// order. Labels that differ in case alone are one.
    /// </summary>
    /// <param name="labels">The labels.</param>
    /// <param name="merges">What is merged into what, such as <c>disgust=angry</c>; both are labels.</param>
    /// <exception cref="FerUsageException">A merge is of no label or contradicts another, or fewer than two classes are left.</exception>
    public static LabelScheme OfLabels(IEnumerable<string> labels, IEnumerable<string>? merges = null)
    {
        string[] names = [.. labels.Order(StringComparer.Ordinal).Distinct(StringComparer.OrdinalIgnoreCase)];
        KeyValuePair<string, string>[] pairs =
            [.. (merges ?? []).Select(merge => LabelText.Pair(merge, "a merge", "disgust=angry"))];
        var emotions = new HashSet<Emotion>();
        bool areEmotions = names.All(name => EmotionNames.TryParse(name, out var emotion) && emotions.Add(emotion));
        foreach (string side in pairs.SelectMany(pair => (string[])[pair.Key, pair.Value]))
        {
            bool isOne = names.Contains(side, StringComparer.OrdinalIgnoreCase)
                || (areEmotions && EmotionNames.TryParse(side, out var emotion) && emotions.Contains(emotion));
            if (!isOne)
                throw new FerUsageException($"'{side}' is merged, and is no label of the data.{NearestName.Hint(side, names)} " +
                    $"The labels are {string.Join(", ", names)}.");
        }
        var from = pairs.Select(pair => pair.Key).ToArray();
        var scheme = Custom([.. names.Where(name => !from.Any(merged => IsSame(name, merged)))], pairs);
        return Array.Find(Known, known => known._classOf.SequenceEqual(scheme._classOf) && scheme.IsOfEmotions) ?? scheme;

        bool IsSame(string name, string merged) => name.Equals(merged, StringComparison.OrdinalIgnoreCase)
            || (areEmotions && EmotionNames.Parse(name) == EmotionNames.Parse(merged));
    }

    /// <summary>
    /// Classes under just these names, in this order, as a model has them that was trained elsewhere; labels that are emotions find theirs
    /// by synonyms.
    /// </summary>
    /// <exception cref="FerUsageException">A name is empty or given twice, or there are fewer than two.</exception>
    public static LabelScheme OfNames(IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        if (!AreEmotions(classNames, []) || classNames.Count == 0) return OfOwn(classNames, []);
        CheckCount(classNames);
        Emotion[] emotions = [.. classNames.Select(EmotionNames.Parse)];
        return new LabelScheme(CustomName, [.. Enum.GetValues<Emotion>().Select(e => Array.IndexOf(emotions, e))], [.. classNames]);
    }

    private static LabelScheme Custom(IReadOnlyList<string> classes, IReadOnlyList<KeyValuePair<string, string>> merges) =>
        AreEmotions(classes, merges) ? OfEmotions(classes, merges) : OfOwn(classes, merges);

    // Synonyms of one emotion, as calm and neutral, are classes of one's own where they stand side by side.
    private static bool AreEmotions(IReadOnlyList<string> classes, IReadOnlyList<KeyValuePair<string, string>> merges)
    {
        if (classes.Count == 0) return true;
        var found = new Dictionary<Emotion, string>();
        return classes.All(name => EmotionNames.TryParse(name, out var emotion)
                && (found.TryAdd(emotion, name.Trim()) || found[emotion].Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)))
            && merges.All(pair => EmotionNames.TryParse(pair.Key, out _) && EmotionNames.TryParse(pair.Value, out _));
    }

    private static LabelScheme OfEmotions(IReadOnlyList<string> classes, IReadOnlyList<KeyValuePair<string, string>> merges)
    {
        var joined = new Dictionary<Emotion, Emotion>();
        foreach (var (fromName, intoName) in merges)
        {
            Emotion from = EmotionNames.Parse(fromName), into = EmotionNames.Parse(intoName);
            if (from == into) throw new FerUsageException($"'{fromName}={intoName}' merges an emotion with itself.");
            if (!joined.TryAdd(from, into)) throw MergedTwice(EmotionNames.NameOf(from));
        }
        var wanted = new HashSet<Emotion>();
        foreach (string name in classes)
        {
            var emotion = EmotionNames.Parse(name);
            if (!wanted.Add(emotion)) throw ListedTwice(EmotionNames.NameOf(emotion));
            if (joined.TryGetValue(emotion, out var into)) throw ClassAndMerged(EmotionNames.NameOf(emotion), EmotionNames.NameOf(into));
        }
        if (wanted.Count == 0)
            for (var emotion = Emotion.Angry; emotion <= Emotion.Neutral; emotion++)
                if (!joined.ContainsKey(emotion)) wanted.Add(emotion);
        foreach (var (from, into) in joined)
            if (!wanted.Contains(into)) throw NoClass(EmotionNames.NameOf(from), EmotionNames.NameOf(into));
        CheckCount(wanted.Select(EmotionNames.NameOf));

        Emotion[] ordered = [.. wanted.Order()];
        var classOf = new int[EmotionCount];
        for (int e = 0; e < EmotionCount; e++)
            classOf[e] = Array.IndexOf(ordered, joined.TryGetValue((Emotion)e, out var into) ? into : (Emotion)e);
        return new LabelScheme(CustomName, classOf, [.. ordered.Select(EmotionNames.NameOf)]);
    }

    private static LabelScheme OfOwn(IReadOnlyList<string> classes, IReadOnlyList<KeyValuePair<string, string>> merges)
    {
        string[] names = [.. classes.Select(LabelText.Check)];
        var own = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int c = 0; c < names.Length; c++)
            if (!own.TryAdd(names[c], c)) throw ListedTwice(names[c]);
        CheckCount(names);
        foreach (var (fromName, intoName) in merges)
        {
            string from = LabelText.Check(fromName);
            int into = Array.FindIndex(names, name => name.Equals(intoName.Trim(), StringComparison.OrdinalIgnoreCase));
            if (into < 0) throw NoClass(from, intoName);
            if (names.Contains(from, StringComparer.OrdinalIgnoreCase)) throw ClassAndMerged(from, names[into]);
            if (!own.TryAdd(from, into)) throw MergedTwice(from);
        }
        // A synonym is of the class that is named after its emotion, where no more than one is.
        var classOf = new int[EmotionCount];
        for (int e = 0; e < EmotionCount; e++)
        {
            int[] named = [.. own.Where(pair => EmotionNames.TryParse(pair.Key, out var emotion) && (int)emotion == e)
                .Select(pair => pair.Value).Distinct()];
            classOf[e] = named.Length == 1 ? named[0] : -1;
        }
        return new LabelScheme(CustomName, classOf, names, own);
    }

    private static void CheckCount(IEnumerable<string> classes)
    {
        string[] names = [.. classes];
        if (names.Length < 2)
            throw new FerUsageException($"{names.Length} class is left{string.Concat(names.Select(name => $", {name}"))}; " +
                "a classifier needs at least two.");
    }

    private static FerUsageException ListedTwice(string name) =>
        new($"The class {name} is listed twice. List each class once.");

    private static FerUsageException MergedTwice(string name) => new($"{name} is merged twice. Merge it into one class.");

    private static FerUsageException ClassAndMerged(string name, string into) =>
        new($"{name} is listed as a class and merged into {into}. Remove it from the classes, or do not merge it.");

    private static FerUsageException NoClass(string from, string into) =>
        new($"{from} is merged into {into}, which is not a class. Add {into} to the classes.");

    private string Describe() => string.Join(',',
        ClassNames.Select((name, c) => string.Join('+', Members(name, c).Select(LabelText.Escape))));

    private IEnumerable<string> Members(string name, int c)
    {
        var others = IsOfEmotions
            ? EmotionNames.All.Where((member, e) => _classOf[e] == c && member != name)
            : _own.Where(pair => pair.Value == c && pair.Key != name).Select(pair => pair.Key);
        return others.Prepend(name);
    }
}
