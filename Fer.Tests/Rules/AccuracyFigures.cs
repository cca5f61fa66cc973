using System.Globalization;
using System.Text.Json;

namespace Fer.Tests.Rules;

/// <summary>A line of docs/benchmarks/accuracy.jsonl, which accuracy.sh beside it writes, and what the pages say of it.</summary>
internal sealed record AccuracyFigures
{
    internal const string Stored = "docs/benchmarks/accuracy.jsonl";

    /// <summary>What every run of the table is given.</summary>
    private static readonly string[] Usual = ["experiment ", " --data fer2013.csv.gz", " --fer-plus fer2013new.csv", " --seed 1"];

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public required string Name { get; init; }

    public required string Command { get; init; }

    /// <summary>The day, and the version of the program; null where only the figures were kept.</summary>
    public string? Date { get; init; }

    public string? Version { get; init; }

    public string? Note { get; init; }

    /// <summary>Time of the whole run.</summary>
    public double? Seconds { get; init; }

    public required string Scheme { get; init; }

    public int? Faces { get; init; }

    public required double Accuracy { get; init; }

    public double[]? AccuracyInterval { get; init; }

    public double? MacroF1 { get; init; }

    public double[]? MacroF1Interval { get; init; }

    public double? LogLoss { get; init; }

    public double[]? LogLossInterval { get; init; }

    public double? ExpectedCalibrationError { get; init; }

    public double[]? ExpectedCalibrationErrorInterval { get; init; }

    public IReadOnlyList<ClassFigures> PerClass { get; init; } = [];

    internal static IReadOnlyList<AccuracyFigures> Read(string path) =>
        [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<AccuracyFigures>(line, Json)!)];

    internal static string Sentence(AccuracyFigures model) =>
        $"The shipped model gets {Number(model.Accuracy)} of PublicTest right (95 % interval {Interval(model.AccuracyInterval)})";

    /// <summary>The runs, those of this version first.</summary>
    internal static string Table(IReadOnlyList<AccuracyFigures> all)
    {
        var rows = all.Where(f => f.Command.StartsWith(Usual[0], StringComparison.Ordinal)).OrderBy(f => f.Date is null).Select(f =>
        {
            string options = Usual.Aggregate(f.Command, (text, usual) => text.Replace(usual, "", StringComparison.Ordinal)).Trim();
            return $"| `{options}` | {f.Scheme} | {Number(f.Accuracy)} |{Cell(Interval(f.AccuracyInterval))}{Cell(Duration(f.Seconds))} " +
                $"{f.Version ?? "earlier"} |{Cell(f.Note ?? "")}";
        });
        return $"""


            | options | classes | accuracy | 95 % interval | ended after | version | |
            | --- | --- | --- | --- | --- | --- | --- |
            {string.Join('\n', rows)}


            """;
    }

    internal static string Models(IReadOnlyList<AccuracyFigures> all) => string.Join(" and ", all
        .Where(f => f.Name.StartsWith("fer-", StringComparison.Ordinal))
        .Select(f => $"`{f.Name}.zip` {Number(f.Accuracy)} ({Interval(f.AccuracyInterval)}) on {f.PerClass.Count} classes"));

    internal static string All(AccuracyFigures f) =>
        $"accuracy {Number(f.Accuracy)} ({Interval(f.AccuracyInterval)}), " +
        $"macro F1 {Number(f.MacroF1!.Value)} ({Interval(f.MacroF1Interval)}), " +
        $"log loss {Number(f.LogLoss!.Value)} ({Interval(f.LogLossInterval)}), " +
        $"expected calibration error {Number(f.ExpectedCalibrationError!.Value)} ({Interval(f.ExpectedCalibrationErrorInterval)})";

    internal static string Classes(AccuracyFigures f)
    {
        var rows = f.PerClass.Select(c => string.Create(CultureInfo.InvariantCulture,
            $"| {c.Class} | {c.Support:N0} | {c.Precision:F2} | {c.Recall:F2} | {c.F1:F2} |"));
        return $"""


            | class | faces | precision | recall | F1 |
            | --- | --- | --- | --- | --- |
            {string.Join('\n', rows)}


            """;
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Interval(double[]? interval) => interval is [var low, var high] ? $"{Number(low)} to {Number(high)}" : "";

    private static string Cell(string text) => text.Length == 0 ? " |" : $" {text} |";

    private static string Duration(double? seconds) => seconds is not { } s ? ""
        : TimeSpan.FromSeconds(Math.Round(s)).ToString(s < 3600 ? "m\\:ss" : "h\\:mm\\:ss", CultureInfo.InvariantCulture);

    /// <summary>Figures of a class.</summary>
    internal sealed record ClassFigures(string Class, int Support, double Precision, double Recall, double F1);
}
