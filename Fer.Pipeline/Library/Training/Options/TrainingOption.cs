using System.Globalization;
using System.Reflection;
using System.Text;

namespace Fer.Pipeline.Training;

/// <summary>
/// One option that shapes the weights of a training: its name, text, range and default, read once from
/// <see cref="ImageClassificationTrainer.Options"/>. <see cref="All"/> is the only list of them.
/// </summary>
internal sealed class TrainingOption
{
    private static readonly ImageClassificationTrainer.Options Defaults = new();

    private readonly PropertyInfo _property;
    private readonly TrainingOptionAttribute _attribute;

    private TrainingOption(PropertyInfo property, TrainingOptionAttribute attribute) => (_property, _attribute) = (property, attribute);

    /// <summary>All of them, in the order of the record.</summary>
    internal static IReadOnlyList<TrainingOption> All { get; } =
    [
        .. from property in typeof(ImageClassificationTrainer.Options).GetProperties()
           let attribute = property.GetCustomAttribute<TrainingOptionAttribute>()
           where attribute is not null
           select new TrainingOption(property, attribute),
    ];

    /// <summary>The property's name, which the manifest has too.</summary>
    internal string Name => _property.Name;

    /// <summary>The name on the command line, without hyphens in front.</summary>
    internal string CommandName => _attribute.CommandName ?? Hyphenated(Name);

    /// <summary>What it is, in a line of help.</summary>
    internal string Summary => _attribute.Summary;

    /// <summary>The type of its values, without null.</summary>
    internal Type Type => Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;

    /// <summary>The value where nothing is said.</summary>
    internal object? Default => Get(Defaults);

    internal double Least => _attribute.Least;

    internal double Most => _attribute.Most;

    internal bool AboveLeast => _attribute.AboveLeast;

    internal bool BelowMost => _attribute.BelowMost;

    /// <summary>True where a run that continues from a checkpoint needs the same value.</summary>
    internal bool IsIdentity => _attribute.IsIdentity;

    /// <summary>The option of a property.</summary>
    internal static TrainingOption Of(string name) => All.First(o => o.Name == name);

    /// <summary>The value in some options.</summary>
    internal object? Get(ImageClassificationTrainer.Options options) => _property.GetValue(options);

    /// <summary>The options with another value.</summary>
    internal ImageClassificationTrainer.Options With(ImageClassificationTrainer.Options options, object? value)
    {
        var changed = options with { };
        // The setters are init-only, and the copy is nobody else's yet.
        _property.SetValue(changed, value);
        return changed;
    }

    /// <summary>The range in words: <c>above 0</c>, <c>8 … 48 pixels</c>.</summary>
    internal string Range
    {
        get
        {
            string unit = _attribute.Unit is { } counted ? $" {counted}" : "";
            string least = Number(Least), most = Number(Most);
            if (double.IsInfinity(Most)) return $"{(AboveLeast ? "above" : "at least")} {least}{unit}";
            if (!AboveLeast && !BelowMost) return $"{least} … {most}{unit}";
            return $"{(AboveLeast ? "above" : "at least")} {least} and {(BelowMost ? "below" : "at most")} {most}{unit}";
        }
    }

    /// <summary>Fails where the value is out of its range.</summary>
    /// <exception cref="FerUsageException">It is; the message names the option.</exception>
    internal void Check(ImageClassificationTrainer.Options options)
    {
        if (double.IsInfinity(Least) && double.IsInfinity(Most)) return;
        double number;
        switch (Get(options))
        {
            case double d: number = d; break;
            case float f: number = f; break;
            case int i: number = i; break;
            case TimeSpan time: number = time.TotalSeconds; break;
            default: return;
        }
        bool isEnough = AboveLeast ? number > Least : number >= Least, isLittleEnough = BelowMost ? number < Most : number <= Most;
        if (double.IsFinite(number) && isEnough && isLittleEnough) return;
        throw new FerUsageException($"{Name} is {Range}, not {Number(number)}.");
    }

    /// <summary>
    /// The value by name as text, exact and the same in every culture; of a record one entry for each of its properties. Files go by their
    /// names alone.
    /// </summary>
    internal IEnumerable<(string Name, string Value)> Texts(ImageClassificationTrainer.Options options)
    {
        object? value = Get(options);
        if (Type == typeof(string) || Type.IsValueType || value is null)
        {
            yield return (Name, value is string path ? Path.GetFileName(path) : Text(value));
            yield break;
        }
        if (Type.IsAbstract) yield return (Name, value.GetType().Name);
        foreach (var part in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            yield return (Name + part.Name, Text(part.GetValue(value)));
    }

    /// <summary>A value as text, exact and the same in every culture.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "not set",
        bool b => b ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Number(double value) => value.ToString("0.########", CultureInfo.InvariantCulture);

    private static string Hyphenated(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
