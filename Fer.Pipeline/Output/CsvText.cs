using System.Globalization;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Models;

namespace Fer.Output;

/// <summary>Rows of comma-separated values (RFC 4180).</summary>
internal static class CsvText
{
    internal static string Row(IEnumerable<string> values) => string.Join(',', values.Select(v => Quoted(Harmless(v))));

    internal static string Number(double value, int digits = 0) => Math.Round(value, digits).ToString(CultureInfo.InvariantCulture);

    /// <summary>A face's box, score, emotion, confidence and probabilities.</summary>
    internal static IEnumerable<string> Face(FaceBox box, float? score, string? emotion, FerPrediction prediction) =>
    [
        Number(box.X, 1), Number(box.Y, 1), Number(box.Width, 1), Number(box.Height, 1), score is { } s ? Number(s, 4) : "",
        emotion ?? "", Number(prediction.Confidence, 6), .. prediction.Probabilities.Values.Select(p => Number(p, 6)),
    ];

    /// <summary>
    /// A cell that a spreadsheet would run as a formula begins with an apostrophe, which spreadsheets do not show; numbers stay numbers.
    /// </summary>
    private static string Harmless(string value) =>
        value.Length > 0 && (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠')
            && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? $"'{value}" : value;

    private static string Quoted(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? value
        : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
