namespace Fer.Pipeline.AutoML;

/// <summary>
/// The options that a sweep chooses, each mapped to the unit interval, so that a tuner needs no knowledge of single options.
/// </summary>
public class SearchSpace
{
    internal SearchSpace(IReadOnlyList<SearchDimension> dimensions, Parameter @default)
    {
        Dimensions = dimensions;
        Default = @default;
    }

    /// <summary>No options.</summary>
    internal static SearchSpace Empty { get; } = new([], new Parameter([]));

    /// <summary>The options.</summary>
    public IReadOnlyList<SearchDimension> Dimensions { get; }

    /// <summary>The options' defaults: the first setting of a sweep.</summary>
    public Parameter Default { get; }

    /// <summary>Number of options.</summary>
    public int FeatureSpaceDim => Dimensions.Count;

    /// <summary>The options at a point of the unit cube; those whose condition is not met have their default.</summary>
    /// <param name="feature">[<see cref="FeatureSpaceDim"/>] values on the unit interval.</param>
    /// <exception cref="ArgumentException">The number of values is not the number of options.</exception>
    public Parameter SampleFromFeatureSpace(ReadOnlySpan<double> feature)
    {
        if (feature.Length != Dimensions.Count) throw new ArgumentException($"{feature.Length} values for {Dimensions.Count} options.");
        var values = new Dictionary<string, object>();
        for (int i = 0; i < feature.Length; i++)
        {
            var dimension = Dimensions[i];
            values.Add(dimension.Name, dimension.Counts(values) ? dimension.FromUnit(feature[i]) : Default[dimension.Name]);
        }
        return new Parameter(values);
    }

    /// <summary>The point of the unit cube for given options.</summary>
    /// <returns>[<see cref="FeatureSpaceDim"/>] values on the unit interval.</returns>
    /// <exception cref="ArgumentException">A value is outside the space.</exception>
    public double[] MappingToFeatureSpace(Parameter parameter) => [.. Dimensions.Select(d => d.ToUnit(parameter[d.Name]))];

    /// <summary>A space of one choice between numbers, the first of which is its default.</summary>
    internal static SearchSpace Choice(string name, IReadOnlyList<int> numbers) => new(
        [new ChoiceDimension(name, typeof(int), numbers.Cast<object>())],
        new Parameter([KeyValuePair.Create(name, (object)numbers[0])]));

    /// <summary>Several spaces as one, each under a prefix and, where there is a condition, counting only where that is met.</summary>
    internal static SearchSpace Join(IReadOnlyList<(string Prefix, SearchSpace Space, OptionCondition? Condition)> parts) => new(
        [.. parts.SelectMany(p => p.Space.Dimensions.Select(d => d.Under(p.Prefix, p.Condition)))],
        new Parameter(parts.SelectMany(p => p.Space.Default.Names.Select(n => KeyValuePair.Create(p.Prefix + n, p.Space.Default[n])))));
}

/// <summary>
/// The search space over the properties of <typeparamref name="T"/> that have <see cref="RangeAttribute"/> or <see
/// cref="ChoiceAttribute"/>, including those of nested options (<see cref="NestOptionAttribute"/>). Other properties keep their default.
/// </summary>
public sealed class SearchSpace<T> : SearchSpace where T : class, new()
{
    private readonly T _prototype;

    /// <summary>Reads the space from the type.</summary>
    /// <exception cref="ArgumentException">An attribute does not fit its property, a default is outside its range, or no property has
    /// one.</exception>
    public SearchSpace() : this(new T(), OptionTree.Dimensions(typeof(T))) { }

    private SearchSpace(T prototype, IReadOnlyList<SearchDimension> dimensions) : base(dimensions, Read(prototype, dimensions)) =>
        _prototype = prototype;

    /// <summary>The same space with another default, which also fixes the options that are not searched.</summary>
    /// <exception cref="ArgumentException">A value is outside the space.</exception>
    public SearchSpace<T> WithDefault(T options) => new(options, Dimensions);

    /// <summary>
    /// The same space with one option restricted to <paramref name="candidates"/>; if the default is not among them, the first becomes the
    /// default.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such option, or no candidate.</exception>
    public SearchSpace<T> WithChoice(string name, params IReadOnlyList<object> candidates)
    {
        var old = Dimensions.FirstOrDefault(d => d.Name == name)
            ?? throw new ArgumentException($"There is no option '{name}' in the space.");
        if (candidates.Count == 0) throw new ArgumentException($"No candidate is left for '{name}'.");
        var choice = new ChoiceDimension(name, old.Type, candidates) { Conditions = old.Conditions };
        var prototype = AsType(Default);
        if (!choice.Candidates.Contains(Default[name])) OptionTree.Set(prototype, name, choice.Candidates[0]);
        return new SearchSpace<T>(prototype, [.. Dimensions.Select(d => d == old ? choice : d)]);
    }

    /// <summary>The same space with one option fixed to <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">There is no such option, or another one depends on it.</exception>
    public SearchSpace<T> WithFixed(string name, object value)
    {
        var old = Dimensions.FirstOrDefault(d => d.Name == name)
            ?? throw new ArgumentException($"There is no option '{name}' in the space.");
        if (Dimensions.FirstOrDefault(d => d.Conditions.Any(c => c.Option == name)) is { } dependent)
            throw new ArgumentException($"'{dependent.Name}' depends on '{name}'.");
        var prototype = AsType(Default);
        OptionTree.Set(prototype, name, old.Converted(value));
        return new SearchSpace<T>(prototype, [.. Dimensions.Where(d => d != old)]);
    }

    /// <summary>
    /// The same space with a condition on a choice: it is searched only if another option has one of <paramref name="values"/>, and
    /// otherwise keeps its default.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such choice, or the other option does not come before it.</exception>
    public SearchSpace<T> WithCondition(string name, string option, params IReadOnlyList<object> values)
    {
        var before = Dimensions.TakeWhile(d => d.Name != name).ToList();
        if (before.Count == Dimensions.Count || Dimensions[before.Count] is not ChoiceDimension old)
            throw new ArgumentException($"There is no choice '{name}' in the space.");
        var other = before.Find(d => d.Name == option) ?? throw new ArgumentException($"'{option}' is not an option before '{name}'.");
        var conditional = new ChoiceDimension(name, old.Type,
            old.Candidates)
        { Conditions = [.. old.Conditions, new OptionCondition(option, [.. values.Select(other.Converted)])] };
        return new SearchSpace<T>(AsType(Default), [.. before, conditional, .. Dimensions.Skip(before.Count + 1)]);
    }

    /// <summary>An options object with the values of <paramref name="parameter"/> and the defaults of all other properties.</summary>
    public T AsType(Parameter parameter)
    {
        var options = (T)OptionTree.Copy(_prototype);
        foreach (string name in parameter.Names) OptionTree.Set(options, name, parameter[name]);
        return options;
    }

    private static Parameter Read(T prototype, IReadOnlyList<SearchDimension> dimensions)
    {
        var values = new List<KeyValuePair<string, object>>();
        foreach (var dimension in dimensions)
        {
            object value = OptionTree.Get(prototype, dimension.Name) ?? throw new ArgumentException($"{dimension.Name} needs a default.");
            dimension.ToUnit(value);
            values.Add(KeyValuePair.Create(dimension.Name, value));
        }
        return new Parameter(values);
    }
}
