using System.Reflection;

namespace Fer.Pipeline.AutoML;

/// <summary>Reads and writes the properties of nested options by names such as <c>Outer.Inner</c>.</summary>
internal static class OptionTree
{
    internal static IReadOnlyList<SearchDimension> Dimensions(Type type)
    {
        var dimensions = new List<SearchDimension>();
        Collect(type, "", [], dimensions);
        return dimensions.Count > 0 ? dimensions : throw new ArgumentException($"{type.Name} has no property with [Range] or [Choice].");
    }

    internal static object? Get(object options, string name)
    {
        var (owner, property) = Find(options, name);
        return property.GetValue(owner);
    }

    internal static void Set(object options, string name, object value)
    {
        var (owner, property) = Find(options, name);
        property.SetValue(owner, value);
    }

    /// <summary>A copy that shares no nested options with the original.</summary>
    internal static object Copy(object options)
    {
        object copy = Activator.CreateInstance(options.GetType())!;
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanWrite || !property.CanRead) continue;
            object? value = property.GetValue(options);
            property.SetValue(copy, value is not null && property.IsDefined(typeof(NestOptionAttribute)) ? Copy(value) : value);
        }
        return copy;
    }

    private static (object Owner, PropertyInfo Property) Find(object options, string name)
    {
        string[] path = name.Split('.');
        for (int i = 0; i < path.Length - 1; i++)
            options = options.GetType().GetProperty(path[i])!.GetValue(options) ?? throw new ArgumentException($"{path[i]} needs a value.");
        return (options, options.GetType().GetProperty(path[^1])!);
    }

    private static void Collect(Type type, string prefix, IReadOnlyList<OptionCondition> outer, List<SearchDimension> dimensions)
    {
        // Source order, so that a seed gives the same options in whatever order reflection lists them.
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(p => p.MetadataToken))
        {
            bool nests = property.IsDefined(typeof(NestOptionAttribute));
            if (!nests && !property.IsDefined(typeof(RangeAttribute)) && !property.IsDefined(typeof(ChoiceAttribute))) continue;
            if (!property.CanWrite) throw new ArgumentException($"{property.Name} cannot be set.");
            string name = prefix + property.Name;
            OptionCondition[] conditions = [.. outer, .. property.GetCustomAttributes<WhenAttribute>().Select(
                w => Condition(w, name, prefix, dimensions))];
            if (nests) Collect(property.PropertyType, name + ".", conditions, dimensions);
            else
                dimensions.Add(property.GetCustomAttribute<RangeAttribute>() is { } range
                    ? new RangeDimension(name, property.PropertyType, range) { Conditions = conditions }
                    : new ChoiceDimension(name, property.PropertyType,
                        property.GetCustomAttribute<ChoiceAttribute>()!.Candidates)
                    { Conditions = conditions });
        }
    }

    private static OptionCondition Condition(WhenAttribute when, string name, string prefix, List<SearchDimension> before)
    {
        var other = before.Find(d => d.Name == prefix + when.Option)
            ?? throw new ArgumentException($"[When] of {name} names '{when.Option}', which is not a searched option declared before it.");
        return new OptionCondition(other.Name, [.. when.Values.Select(other.Converted)]);
    }
}

/// <summary>The condition under which an option has an effect.</summary>
/// <param name="Option">Another option.</param>
/// <param name="Values">The values it must have one of.</param>
internal sealed record OptionCondition(string Option, IReadOnlyList<object> Values);
