using System.Globalization;

namespace Fer.Pipeline.AutoML;

/// <summary>One option of a search space, and how its values map to the unit interval that tuners work on.</summary>
public abstract class SearchDimension
{
    private protected SearchDimension(string name, Type type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>The option's name.</summary>
    public string Name { get; private set; }

    /// <summary>The option's type.</summary>
    public Type Type { get; }

    /// <summary>True if close points on the unit interval are close values, so that a tuner may take small steps.</summary>
    public abstract bool IsOrdered { get; }

    /// <summary>The conditions on other options under which this one has an effect; all must hold.</summary>
    internal IReadOnlyList<OptionCondition> Conditions { get; set; } = [];

    /// <summary>True if the option has an effect, given these values of the options before it.</summary>
    internal bool Counts(IReadOnlyDictionary<string, object> values) => Conditions.All(c => c.Values.Contains(values[c.Option]));

    /// <summary>The same option with a prefix to its name and those of the options that it depends on, and one more condition.</summary>
    internal SearchDimension Under(string prefix, OptionCondition? condition)
    {
        var copy = (SearchDimension)MemberwiseClone();
        copy.Name = prefix + Name;
        var own = Conditions.Select(c => c with { Option = prefix + c.Option });
        copy.Conditions = condition is null ? [.. own] : [condition, .. own];
        return copy;
    }

    /// <summary>Converts a value that an attribute can hold to the option's type.</summary>
    internal object Converted(object value) =>
        Type.IsEnum && value is string text ? Enum.Parse(Type, text)
        : Type.IsInstanceOfType(value) ? value
        : Convert.ChangeType(value, Type, CultureInfo.InvariantCulture);

    /// <summary>Number of grid points of the option, where a range has <paramref name="steps"/>.</summary>
    internal abstract int GridCount(int steps);

    /// <summary>The position of a grid point on the unit interval.</summary>
    internal double GridUnit(int place, int steps) =>
        GridCount(steps) is var count && IsOrdered ? (count == 1 ? 0.5 : (double)place / (count - 1)) : (place + 0.5) / count;

    /// <summary>The value at a point of the unit interval; points outside are clamped.</summary>
    public abstract object FromUnit(double unit);

    /// <summary>The point of a value on the unit interval, the inverse of <see cref="FromUnit"/>.</summary>
    /// <exception cref="ArgumentException">The value does not belong to this dimension.</exception>
    public abstract double ToUnit(object value);
}

/// <summary>Numbers between two bounds, on a linear or log scale.</summary>
internal sealed class RangeDimension : SearchDimension
{
    private readonly double _low, _high;
    private readonly bool _log, _whole;

    internal RangeDimension(string name, Type type, RangeAttribute range) : base(name, type)
    {
        _whole = type == typeof(int) || type == typeof(long);
        if (!_whole && type != typeof(float) && type != typeof(double))
            throw new ArgumentException($"[Range] of {name} does not support {type.Name}, only int, long, float and double.");
        // Half a step beyond both ends gives the first and last whole number the same share as the others.
        double margin = _whole ? 0.5 : 0;
        _log = range.LogBase;
        _low = Scale(range.Min - (_log ? 0 : margin));
        _high = Scale(range.Max + (_log ? 0 : margin));
        Min = range.Min;
        Max = range.Max;
    }

    internal double Min { get; }

    internal double Max { get; }

    public override bool IsOrdered => true;

    internal override int GridCount(int steps) => _whole ? (int)Math.Min(steps, Math.Floor(Max) - Math.Ceiling(Min) + 1) : steps;

    public override object FromUnit(double unit)
    {
        double scaled = _low + Math.Clamp(unit, 0, 1) * (_high - _low);
        double value = Math.Clamp(_log ? Math.Exp(scaled) : scaled, Min, Max);
        if (_whole) value = Math.Clamp(Math.Round(value), Math.Ceiling(Min), Math.Floor(Max));
        return Convert.ChangeType(value, Type, CultureInfo.InvariantCulture);
    }

    public override double ToUnit(object value)
    {
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        // A float bound read as a double may be outside by a rounding error.
        if (!(number >= Min - 1e-6 * Math.Abs(Min) && number <= Max + 1e-6 * Math.Abs(Max)))
            throw new ArgumentException($"{Name} = {number} is outside {Min} … {Max}.");
        return Math.Clamp((Scale(Math.Clamp(number, Min, Max)) - _low) / (_high - _low), 0, 1);
    }

    private double Scale(double value) => _log ? Math.Log(value) : value;
}

/// <summary>One of a list of values.</summary>
internal sealed class ChoiceDimension : SearchDimension
{
    internal ChoiceDimension(string name, Type type, IEnumerable<object> candidates) : base(name, type) =>
        Candidates = [.. candidates.Select(Converted)];

    internal IReadOnlyList<object> Candidates { get; }

    public override bool IsOrdered => false;

    internal override int GridCount(int steps) => Candidates.Count;

    public override object FromUnit(double unit) =>
        Candidates[Math.Clamp((int)(unit * Candidates.Count), 0, Candidates.Count - 1)];

    public override double ToUnit(object value)
    {
        for (int i = 0; i < Candidates.Count; i++)
            if (Candidates[i].Equals(value)) return (i + 0.5) / Candidates.Count;
        throw new ArgumentException($"{Name} = {value} is not one of {string.Join(", ", Candidates)}.");
    }
}
