using System.CommandLine;
using System.Globalization;
using Fer.Pipeline.Data;

namespace Fer.Pipeline.Commands;

/// <summary>Shows what is in a data set, or writes the sample faces.</summary>
internal sealed class DataCommand : ICommand
{
    private readonly DataOptions _data = new();
    private readonly Option<int?> _seed = Values.Whole("--seed", "Seed of the sample faces and of splits that the data does not name", 0, int.MaxValue, 1);
    private readonly Option<bool> _json = Values.Flag("--json", "The answer as JSON");
    private readonly Option<string?> _writeSample = Values.Text("--write-sample", "Writes drawn faces as a FER2013 CSV (.csv or .csv.gz) instead", "FILE");
    private readonly Option<int?> _count = Values.Whole("--count", "Faces that --write-sample writes", 7, 1_000_000, 4000);

    public string Name => "data";

    public string Description => "Shows what is in a data set: faces a split and class, duplicates, blank images, problems.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("data", "what is in data/, or the drawn faces where nothing is"),
        ("data --data fer2013.csv.gz --scheme three --json", "the three largest classes, as JSON"),
        ("data --data fer2013.csv --skip-bad-rows", "counts broken rows and names the first of them"),
        ("data --write-sample faces.csv --count 2000", "writes drawn faces in FER2013's format"),
    ];

    public IEnumerable<Option> Options => [.. _data.All, _seed, _json, _writeSample, _count];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        long seed = result.GetValue(_seed) ?? 1;
        if (result.GetValue(_writeSample) is { } file) WriteSample(host.Resolve(file), result.GetValue(_count)!.Value, seed, host);
        else
        {
            var summary = DataSummary.Create(_data.Load(result, host, seed));
            if (result.GetValue(_json)) host.Output.WriteLine(JsonText.Write(json => WriteJson(json, summary)));
            else WriteText(host.Output, summary);
        }
        return Task.FromResult(ExitCode.Done);
    }

    private static void WriteSample(string path, int count, long seed, CommandHost host)
    {
        SampleFaces.WriteCsv(path, count, seed);
        host.Output.WriteLine($"{count} drawn faces: {host.Shorten(path)}");
    }

    private static void WriteText(TextWriter output, DataSummary summary)
    {
        var dataset = summary.Dataset;
        output.WriteLine($"Source: {dataset.Source}");
        output.WriteLine($"Classes: {dataset.Scheme.Definition}");
        output.WriteLine();
        var table = new PlainTable(["split", "faces", .. dataset.Scheme.ClassNames, "repeated", "blank"]);
        foreach (var split in summary.Splits)
            table.Add([split.Usage.ToString(), Text(split.Count), .. split.ByClass.Select(Text), Text(split.Duplicates), Text(split.Blank)]);
        table.Write(output);
        if (summary.Across.Count > 0)
        {
            output.WriteLine();
            foreach (var (first, second, count) in summary.Across) output.WriteLine($"{count} faces of {second} are in {first} as well.");
        }
        string[] problems = [.. summary.Problems];
        output.WriteLine();
        output.WriteLine(problems.Length == 0 ? "No problems." : "To know:");
        foreach (string problem in problems) output.WriteLine($"  {problem}");
    }

    private static void WriteJson(System.Text.Json.Utf8JsonWriter json, DataSummary summary)
    {
        var dataset = summary.Dataset;
        json.WriteStartObject();
        json.WriteString("source", dataset.Source);
        json.WriteBoolean("sample", dataset.IsSample);
        json.WriteString("scheme", dataset.Scheme.Definition);
        json.WriteStartArray("classes");
        foreach (string name in dataset.Scheme.ClassNames) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteNumber("count", summary.Splits.Sum(s => s.Count));
        json.WriteNumber("skippedRows", dataset.SkippedCount);
        json.WriteNumber("leftOut", dataset.LeftOutCount);
        json.WriteStartObject("splits");
        foreach (var split in summary.Splits)
        {
            json.WriteStartObject(split.Usage.ToString());
            json.WriteNumber("count", split.Count);
            json.WriteStartObject("byClass");
            for (int c = 0; c < split.ByClass.Length; c++) json.WriteNumber(dataset.Scheme.ClassNames[c], split.ByClass[c]);
            json.WriteEndObject();
            json.WriteNumber("duplicates", split.Duplicates);
            json.WriteNumber("blank", split.Blank);
            json.WriteString("sha256", dataset[split.Usage].Sha256);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartArray("duplicatesAcross");
        foreach (var (first, second, count) in summary.Across)
        {
            json.WriteStartObject();
            json.WriteString("first", first.ToString());
            json.WriteString("second", second.ToString());
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("conflictingLabels", summary.ConflictingGroups);
        json.WriteStartArray("problems");
        foreach (string problem in summary.Problems) json.WriteStringValue(problem);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
