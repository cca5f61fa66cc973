namespace Fer.Pipeline.AutoML;

/// <summary>
/// Values of options that left a sweep (<see cref="UnfitValueException"/>). A proposal with one of them gets the default instead, which
/// hangs on the trials before it alone, so that a resumed sweep goes through the same settings.
/// </summary>
internal sealed class ExcludedValues(SearchSpace space)
{
    private readonly HashSet<(string Option, object Value)> _values = [];

    /// <summary>Excludes a setting's value of an option; the default stays, as there is nothing to put in its place.</summary>
    internal void Add(string option, Parameter setting)
    {
        if (!setting[option].Equals(space.Default[option])) _values.Add((option, setting[option]));
    }

    /// <summary>The setting without excluded values; options whose condition is then not met have their default.</summary>
    internal Parameter Replace(Parameter setting)
    {
        var found = _values.Where(v => setting[v.Option].Equals(v.Value)).ToArray();
        if (found.Length == 0) return setting;
        foreach (var (option, _) in found) setting = setting.With(option, space.Default[option]);
        var values = new Dictionary<string, object>();
        foreach (var dimension in space.Dimensions)
            values.Add(dimension.Name, (dimension.Counts(values) ? setting : space.Default)[dimension.Name]);
        return new Parameter(values);
    }
}
