using System.Collections.Frozen;
using System.Globalization;

namespace Fer.Pipeline.AutoML;

/// <summary>One point of a search space: a value for each option's name. Immutable; equal if all values are equal.</summary>
public sealed class Parameter : IEquatable<Parameter>
{
    private readonly FrozenDictionary<string, object> _values;

    internal Parameter(IEnumerable<KeyValuePair<string, object>> values)
    {
        var list = values.ToArray();
        Names = [.. list.Select(v => v.Key)];
        _values = list.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Names of the options, in the order of the search space.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The value of an option.</summary>
    /// <exception cref="KeyNotFoundException">There is no such option.</exception>
    public object this[string name] => _values[name];

    /// <summary>A copy in which one option has another value.</summary>
    public Parameter With(string name, object value) =>
        new(Names.Select(n => KeyValuePair.Create(n, n == name ? value : _values[n])));

    /// <summary>An object of a class of options with these values, and the class's defaults elsewhere.</summary>
    /// <exception cref="ArgumentException">A nested class of options has no value.</exception>
    public T AsType<T>() where T : class, new()
    {
        var options = new T();
        foreach (string name in Names) OptionTree.Set(options, name, _values[name]);
        return options;
    }

    /// <summary>The options whose names begin with a prefix, without it.</summary>
    internal Parameter Under(string prefix) => new(Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal))
        .Select(n => KeyValuePair.Create(n[prefix.Length..], _values[n])));

    /// <inheritdoc/>
    public bool Equals(Parameter? other) =>
        other is not null && Names.Count == other.Names.Count && Names.All(
            n => other._values.TryGetValue(n, out object? v) && v.Equals(_values[n]));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Parameter);

    /// <inheritdoc/>
    public override int GetHashCode() => Names.Aggregate(0, (hash, name) => HashCode.Combine(hash, _values[name]));

    /// <summary>The options as <c>Name=value</c>, numbers with four significant digits.</summary>
    public override string ToString() => string.Join(' ', Names.Select(n => $"{n}={Text(_values[n])}"));

    internal static string Text(object value) => value switch
    {
        float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("G4", CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
