using System.Globalization;

namespace Fer.Pipeline.Faces;

/// <summary>
/// What a data set calls its labels, and what they are to be called: <c>--map 1=surprise,2=fear</c>. Without a map FER2013's own numbers,
/// 0 to 6, are its emotions; other numbers, and names that say as little as <c>class001</c>, must be mapped, as data sets count emotions in
/// orders of their own.
/// </summary>
internal sealed class LabelMap
{
    // FER2013's come first in no list: they are read without a map.
    private static readonly (string Name, string[] Labels)[] Orders =
    [
        ("RAF-DB's order", ["1=surprise", "2=fear", "3=disgust", "4=happy", "5=sad", "6=angry", "7=neutral"]),
        ("AffectNet's order",
            ["0=neutral", "1=happy", "2=sad", "3=surprise", "4=fear", "5=disgust", "6=angry", "7=contempt"]),
    ];

    private static readonly string[] Prefixes = ["class", "label", "emotion", "expression", "category", "c"];

    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="names">From the data's label to the label it is to be; null is none.</param>
    internal LabelMap(IReadOnlyDictionary<string, string>? names = null)
    {
        foreach (var (from, to) in names ?? new Dictionary<string, string>())
            if (!_names.TryAdd(LabelText.Check(from), LabelText.Check(to)))
                throw new FerUsageException($"'{from}' is mapped twice. Map each label once.");
    }

    /// <summary>True where labels stay as they are.</summary>
    internal bool IsEmpty => _names.Count == 0;

    /// <summary>The pairs of texts such as <c>1=surprise,2=fear</c>.</summary>
    /// <exception cref="FerUsageException">A text is no list of pairs, or maps a label twice.</exception>
    internal static Dictionary<string, string> Parse(IEnumerable<string> texts)
    {
        var names = new Dictionary<string, string>();
        foreach (string text in texts.SelectMany(text => LabelText.Split(text, ',')))
        {
            var (from, to) = LabelText.Pair(text, "a map of a label", "1=surprise");
            if (!names.TryAdd(from, to)) throw new FerUsageException($"'{from}' is mapped twice. Map each label once.");
        }
        return names;
    }

    /// <summary>What a label is to be called; itself where the map does not name it.</summary>
    internal string Of(string label) => _names.TryGetValue(label, out string? name) ? name : label;

    /// <summary>True for a label that the map names.</summary>
    internal bool Names(string label) => _names.ContainsKey(label);

    /// <summary>True for a number, and for a name that is little more, such as <c>class001</c>.</summary>
    internal static bool IsNumber(string label)
    {
        string text = label.Trim();
        string? prefix = Prefixes.FirstOrDefault(one => text.StartsWith(one, StringComparison.OrdinalIgnoreCase));
        var digits = text.AsSpan(prefix?.Length ?? 0).TrimStart("_- ");
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>
    /// Tells of names among a data set's labels that may be misspelt emotions, and are classes of their own as they stand.
    /// </summary>
    internal static void NoteNearEmotions(IReadOnlyCollection<string> labels, Action<string>? note)
    {
        foreach (string label in labels.Order(StringComparer.Ordinal))
        {
            if (EmotionNames.TryParse(label, out _) || NearestName.Find(label, EmotionNames.All) is not { } near) continue;
            note?.Invoke($"'{label}' is a class of its own. Where {near} is meant: --map {LabelText.Escape(label)}={near}.");
        }
    }

    /// <summary>FER2013's emotion of one of its numbers, or null.</summary>
    internal static Emotion? OfFer2013(string label) =>
        label.Length == 1 && label[0] is >= '0' and <= '6' ? (Emotion)(label[0] - '0') : null;

    /// <summary>What each label of a data set is to be called.</summary>
    /// <param name="labels">All labels there are.</param>
    /// <param name="source">What messages call the data set.</param>
    /// <param name="what">What carries the labels, such as "folders".</param>
    /// <param name="note">Takes what the user should know of the reading.</param>
    /// <exception cref="FerException">Numbers are not mapped that may mean anything.</exception>
    internal IReadOnlyDictionary<string, string> Resolve(IEnumerable<string> labels, string source, string what, Action<string>? note)
    {
        string[] all = [.. labels.Distinct().Order(StringComparer.Ordinal)];
        string[] numbers = [.. all.Where(label => IsNumber(label) && !Names(label))];
        // Those of others that begin at 0 go up to 7; without the 0 they may be RAF-DB's.
        bool areFer2013 = IsEmpty && numbers.Length == all.Length && all.Contains("0") && all.All(label => OfFer2013(label) is not null);
        if (numbers.Length > 0 && !areFer2013) throw Unnamed(numbers, source, what);
        if (areFer2013)
            note?.Invoke($"The {what} {string.Join(", ", all)} are read as FER2013's numbers: " +
                $"{string.Join(", ", all.Select(label => $"{label} {EmotionNames.NameOf(OfFer2013(label)!.Value)}"))}. " +
                "Where they mean something else, say what: --map 0=neutral,1=happy, and so on.");
        string[] unused = [.. _names.Keys.Where(name => !all.Contains(name, StringComparer.OrdinalIgnoreCase))];
        if (unused.Length > 0) note?.Invoke($"The map names {string.Join(", ", unused)}, which {source} does not have.");
        return all.ToDictionary(label => label,
            label => areFer2013 ? EmotionNames.NameOf(OfFer2013(label)!.Value) : Of(label));
    }

    private static FerException Unnamed(string[] numbers, string source, string what)
    {
        string found = string.Join(", ", numbers.Take(12)) + (numbers.Length > 12 ? ", …" : "");
        string example = Array.Find(Orders, order => numbers.All(number => order.Labels.Any(label => label.StartsWith(number + "="))))
            is { Labels: not null } known
            ? $"--map {string.Join(',', known.Labels.Where(label => numbers.Any(number => label.StartsWith(number + "="))))} ({known.Name})"
            : $"--map {string.Join(',', numbers.Take(2).Select((number, i) => $"{number}={(i == 0 ? "happy" : "sad")}"))},…";
        return new FerException(string.Create(CultureInfo.InvariantCulture,
            $"{source}: the {what} are called {found}, which does not say what they show: FER2013, RAF-DB and AffectNet count emotions " +
            $"in different orders. Say what each is, for example {example}."));
    }
}
