using System.Globalization;
using Fer.Pipeline.Evaluation;

namespace Fer.Pipeline.Interactive;

/// <summary>Figures as text, the same on every machine.</summary>
internal static class Numbers
{
    internal static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    internal static string Percent(double value) =>
        double.IsFinite(value) ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";

    internal static string Decimals(double value, string format = "0.000") =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";

    internal static string Percent(ConfidenceInterval interval) =>
        $"{(100 * interval.Lower).ToString("0.0", CultureInfo.InvariantCulture)} – {Percent(interval.Upper)}";

    internal static string Decimals(ConfidenceInterval interval) => $"{Decimals(interval.Lower)} – {Decimals(interval.Upper)}";

    /// <summary>A value of any kind as a cell of a table, on one line.</summary>
    internal static string Cell(object? value) => value switch
    {
        null => "",
        float or double or decimal => ((IFormattable)value).ToString("0.####", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()?.ReplaceLineEndings(" ") ?? "",
    };
}
