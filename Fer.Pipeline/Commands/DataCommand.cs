using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Reports;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Shows what is in a data set, or writes the sample faces.</summary>
internal sealed class DataCommand : ICommand
{
    private readonly Option<string?> _data = Values.Text(
        "--data", DataOptions.DataHelp, "PATH");
    private readonly Option<string[]> _map = DataOptions.MapOption();
    private readonly Option<int?> _seed =
        Values.Whole("--seed", "Seed of the drawn faces and of splits that the data does not name", 0, int.MaxValue, 1);
    private readonly Option<bool> _json = Values.Flag("--json", "The answer as JSON");
    private readonly Option<string?> _writeSample = Values.Text("--write-sample", "Writes drawn faces as a FER2013 CSV instead", "FILE");
    private readonly Option<int?> _count = Values.Whole("--count", "Faces that --write-sample writes", 1, 1_000_000, 4000);

    public string Name => "data";

    public string Description =>
        "Shows what is in a data set: rows a split and class, duplicates within and across splits, blank images, broken rows.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("data", "what is in data/, or the drawn faces where nothing is"),
        ("data --data fer2013.csv.gz --json", "the same of a file, as JSON"),
        ("data --write-sample faces.csv --count 2000", "writes drawn faces in FER2013's format"),
    ];

    public IEnumerable<Option> Options => [_data, _map, _seed, _json, _writeSample, _count];

    public bool EndsAtOnce => true;

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        long seed = result.GetValue(_seed) ?? 1;
        if (result.GetValue(_writeSample) is { } file)
        {
            int count = result.GetValue(_count)!.Value;
            SampleFaces.WriteCsv(host.Resolve(file), count, seed);
            host.Output.WriteLine($"{count} drawn faces: {host.Shorten(host.Resolve(file))}");
            return Task.FromResult(ExitCode.Done);
        }
        string? path = result.GetValue(_data);
        FaceDataReport report;
        using (var progress = DataOptions.ReadingProgress(host))
        {
            report = FaceDataAnalysis.Analyze(path is null ? null : DataOptions.Path(path, host),
                new FaceDataOptions { Seed = seed, LabelMap = DataOptions.Map(result, _map), Progress = progress });
        }
        if (report.IsSample) host.Error.WriteLine($"No data is given and none was found. {FaceDataset.WhereToGetData}");
        if (result.GetValue(_json)) host.Output.WriteLine(JsonText.Write(json => WriteJson(json, report)));
        else WriteText(host.Output, report);
        return Task.FromResult(report.RowCount > 0 ? ExitCode.Done : ExitCode.Failed);
    }

    private static void WriteText(TextWriter output, FaceDataReport report)
    {
        output.WriteLine(report.IsSample ? "Drawn faces" : report.Source);
        output.WriteLine();
        int[] present = Present(report);
        var table = new PlainTable(["split", "rows", .. present.Select(c => report.ClassNames[c]), "repeated", "in Training too"]);
        foreach (var split in report.Splits)
        {
            var counts = present.Select(c => Text(split.CountByClass[c]));
            table.Add([split.Usage.ToString(), Text(split.RowCount), .. counts, Text(split.DuplicateRows), Text(split.RowsAlsoInTraining)]);
        }
        table.Write(output);
        output.WriteLine();
        string[] remarks = [.. Remarks(report)];
        output.WriteLine(remarks.Length == 0 ? "No problems." : "To know:");
        foreach (string remark in remarks) output.WriteLine($"  {remark}");
        foreach (string problem in report.Problems) output.WriteLine($"    {problem}");
    }

    private static IEnumerable<string> Remarks(FaceDataReport report)
    {
        foreach (string note in report.Notes) yield return note;
        foreach (var split in report.Splits)
            if (split.RowCount == 0) yield return $"There are no {split.Usage} rows.";
        if (report.DuplicatedImages > 0)
            yield return $"{NumberText.Count(report.DuplicatedImages, "image")} {Are(report.DuplicatedImages)} there more than once " +
                $"({NumberText.Count(report.DuplicateRows, "row")} too many).";
        if (report.DuplicatedAcrossSplits > 0)
            yield return $"{report.DuplicatedAcrossSplits} of them are in more than one split: scores on the later split say less.";
        if (report.ConflictingDuplicates > 0) yield return $"{report.ConflictingDuplicates} of them have rows of different classes.";
        string more = report.BlankCount > report.BlankRows.Count ? ", …" : "";
        if (report.BlankCount > 0)
            yield return $"{NumberText.Count(report.BlankCount, "image")} {Are(report.BlankCount)} blank, " +
                $"{(report.BlankCount == 1 ? "row" : "rows")} {string.Join(", ", report.BlankRows)}{more}.";
        if (report.ProblemCount > 0)
            yield return $"{NumberText.Count(report.ProblemCount, "row")} cannot be read (--skip-bad-rows leaves them out of training), " +
                "the first of them:";
    }

    private static string Are(long count) => count == 1 ? "is" : "are";

    private static void WriteJson(Utf8JsonWriter json, FaceDataReport report)
    {
        json.WriteStartObject();
        json.WriteString("source", report.Source);
        json.WriteBoolean("sample", report.IsSample);
        json.WriteNumber("rows", report.RowCount);
        json.WriteStartObject("splits");
        foreach (var split in report.Splits)
        {
            json.WriteStartObject(split.Usage.ToString());
            json.WriteNumber("rows", split.RowCount);
            json.WriteStartObject("byClass");
            foreach (int c in Present(report)) json.WriteNumber(report.ClassNames[c], split.CountByClass[c]);
            json.WriteEndObject();
            json.WriteNumber("duplicateRows", split.DuplicateRows);
            json.WriteNumber("rowsAlsoInTraining", split.RowsAlsoInTraining);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteNumber("duplicatedImages", report.DuplicatedImages);
        json.WriteNumber("duplicateRows", report.DuplicateRows);
        json.WriteNumber("duplicatedAcrossSplits", report.DuplicatedAcrossSplits);
        json.WriteNumber("conflictingDuplicates", report.ConflictingDuplicates);
        json.WriteNumber("blank", report.BlankCount);
        json.WriteStartArray("blankRows");
        foreach (long row in report.BlankRows) json.WriteNumberValue(row);
        json.WriteEndArray();
        json.WriteNumber("problemCount", report.ProblemCount);
        json.WriteStartArray("problems");
        foreach (string problem in report.Problems) json.WriteStringValue(problem);
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (string note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The classes there are; of FER2013's numbers all seven, and contempt only where there is any.</summary>
    private static int[] Present(FaceDataReport report) =>
        [.. Enumerable.Range(0, report.ClassNames.Count).Where(c => report.Splits.Any(split => split.CountByClass[c] > 0)
            || (report.ClassNames.Count == EmotionNames.All.Count && report.ClassNames[c] != EmotionNames.NameOf(Emotion.Contempt)))];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
