using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>Numbers as text, whatever the current culture. NaN and infinity become a dash.</summary>
internal static class NumberText
{
    internal const string None = "–";
    private const string PercentSign = "\u00A0%";

    /// <summary>A length or position in a drawing, at most two decimals.</summary>
    internal static string Coordinate(double value) =>
        double.IsFinite(value) ? (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture) : "0";

    internal static string Value(double value, ValueFormat format) => !double.IsFinite(value) ? None : format switch
    {
        ValueFormat.Percent => (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + PercentSign,
        ValueFormat.Count => Count(value),
        _ => Math.Abs(value) is >= 1e6 or (> 0 and < 5e-4) ? value.ToString("0.00e0", CultureInfo.InvariantCulture)
            : value.ToString("#,0.000", CultureInfo.InvariantCulture),
    };

    internal static string Percent(double value) => Value(value, ValueFormat.Percent);

    internal static string WholePercent(double value) =>
        !double.IsFinite(value) ? None : (value * 100).ToString("0", CultureInfo.InvariantCulture) + PercentSign;

    internal static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A number of things: 1 trial, 2 trials.</summary>
    internal static string Count(double value, string one) => $"{Count(value)} {one}{(value == 1 ? "" : "s")}";

    internal static string Range(double lower, double upper, ValueFormat format) => format == ValueFormat.Percent
        ? $"{(lower * 100).ToString("0.0", CultureInfo.InvariantCulture)}\u00A0–\u00A0{Percent(upper)}"
        : $"{Value(lower, format)}\u00A0–\u00A0{Value(upper, format)}";

    /// <summary>The label of a tick, with as many decimals as the step needs.</summary>
    internal static string Tick(double value, double step, ValueFormat format)
    {
        double scale = format == ValueFormat.Percent ? 100 : 1;
        double shown = value * scale, size = step * scale;
        if (Math.Abs(shown) >= 1e7 || size < 1e-5) return shown.ToString("0.##e0", CultureInfo.InvariantCulture);
        int decimals = 0;
        while (decimals < 6 && Math.Abs(size * Math.Pow(10, decimals) - Math.Round(size * Math.Pow(10, decimals))) > 1e-6) decimals++;
        string text = (Math.Round(shown, decimals) + 0.0).ToString(
            "#,0" + (decimals > 0 ? "." + new string('0', decimals) : ""), CultureInfo.InvariantCulture);
        return format == ValueFormat.Percent ? text + PercentSign : text;
    }

    internal static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 0) return None;
        if (seconds < 9.95) return seconds.ToString("0.0", CultureInfo.InvariantCulture) + "\u00A0s";
        long whole = (long)Math.Min(Math.Round(seconds), 1e12);
        if (whole < 60) return FormattableString.Invariant($"{whole}\u00A0s");
        return whole < 3600
            ? FormattableString.Invariant($"{whole / 60}\u00A0min\u00A0{whole % 60}\u00A0s")
            : FormattableString.Invariant($"{whole / 3600}\u00A0h\u00A0{whole % 3600 / 60}\u00A0min");
    }
}
