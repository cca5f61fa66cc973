using System.Globalization;
using Fer.Pipeline.AutoML;

namespace Fer.Output;

/// <summary>How both views write figures.</summary>
internal static class TrialText
{
    private static readonly IReadOnlyList<SearchDimension> FaceSettings = new SearchSpace<FaceSearchOptions>().Dimensions;

    /// <summary>Minutes and seconds, with hours where there are any.</summary>
    internal static string Duration(TimeSpan time)
    {
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        return time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}" : $"{time.Minutes}:{time.Seconds:00}";
    }

    /// <summary>A figure with four decimals, or a dash where it is not known.</summary>
    internal static string Figure(double value) => !double.IsFinite(value) ? "-"
        // The columns of a table are as wide as what is usual.
        : value.ToString(Math.Abs(value) < 100 ? "F4" : "G4", CultureInfo.InvariantCulture);

    /// <summary>
    /// A curve of one character a value, the lowest to the highest of them; longer ones are thinned out to <paramref name="width"/>.
    /// </summary>
    internal static string Sparkline(IReadOnlyList<double> values, int width = 24)
    {
        const string bars = "▁▂▃▄▅▆▇█";
        double[] known = [.. values.Where(double.IsFinite)];
        if (known.Length == 0) return "";
        if (known.Length > width)
            known = [.. Enumerable.Range(0, width).Select(i => known[(int)((i + 1) * (long)known.Length / width) - 1])];
        double least = known.Min(), range = known.Max() - least;
        return string.Concat(
            known.Select(v => bars[range > 0 ? (int)Math.Min(bars.Length - 1, (v - least) / range * bars.Length) : bars.Length / 2]));
    }

    internal static string Epochs(double epochs) => epochs.ToString("0.#", CultureInfo.InvariantCulture);

    internal static string Rate(double imagesPerSecond) =>
        double.IsFinite(imagesPerSecond) ? imagesPerSecond.ToString("F0", CultureInfo.InvariantCulture) : "-";

    /// <summary>
    /// What differs from the default; of the default itself all. An option that has no effect beside the others keeps its default, and so
    /// is never shown.
    /// </summary>
    /// <param name="settings">The trial.</param>
    /// <param name="default">The trial that everything is compared with; null shows all.</param>
    internal static string Settings(TrialSettings settings, TrialSettings? @default)
    {
        var parameter = settings.Parameter;
        if (settings.Phase == TrialPhase.Baseline || @default is null) return Effective(parameter);
        var usual = @default.Parameter;
        string[] other = [.. parameter.Names.Where(n => !usual.Names.Contains(n) || !usual[n].Equals(parameter[n]))
            .Select(n => $"{n}={Parameter.Text(parameter[n])}")];
        if (other.Length > 0) return string.Join(' ', other);
        return settings.Phase == TrialPhase.Final && settings.TrialId == @default.TrialId ? Effective(parameter) : "the default";
    }

    /// <summary>All settings but those that have no effect beside the others, such as Adam's learning rate under Sgd.</summary>
    internal static string Effective(Parameter parameter)
    {
        var values = parameter.Names.ToDictionary(n => n, n => parameter[n]);
        return string.Join(' ', parameter.Names.Where(Counts).Select(n => $"{n}={Parameter.Text(parameter[n])}"));

        bool Counts(string name) => FaceSettings.FirstOrDefault(d => d.Name == name) is not { } dimension
            || dimension.Conditions.Any(c => !values.ContainsKey(c.Option)) || dimension.Counts(values);
    }

    internal static string Title(TrialSettings settings) => settings.Phase switch
    {
        TrialPhase.Final => "Final training",
        TrialPhase.Baseline => $"Baseline {settings.TrialId + 1}",
        _ => $"Trial {settings.TrialId + 1}",
    };
}
