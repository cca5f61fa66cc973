using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Scores two saved models on the same faces and tells whether they differ.</summary>
internal sealed class CompareCommand : ICommand
{
    private readonly Argument<string[]> _models =
        new("models")
        {
            Description = "Two models with the same classes: zips, or ONNX files with --classes",
            Arity = new ArgumentArity(2, 2),
            HelpName = "A B",
        };
    private readonly OnnxModelOptions _onnx = new();
    private readonly DataOptions _data = new();
    private readonly Option<Usage?> _usage = UsageOption.Create();
    private readonly Option<int?> _seed =
        Values.Whole("--seed", "Seed of the sample faces and of splits that the data does not name", 0, int.MaxValue, 1);
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();
    private readonly Option<bool> _json = Values.Flag("--json", "The comparison as JSON");
    private readonly Option<string?> _report = Values.Text("--report", "Writes an HTML report as well", "FILE");
    private readonly Option<string?> _svg = Values.Text("--svg", "Writes the report's charts as SVG files, for papers", "FOLDER");

    public string Name => "compare";

    public string Description => "Compares two models on the same faces: McNemar's test, bootstrap intervals, class by class.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("compare a.zip b.zip --data fer2013.csv", "which is better on PublicTest, and whether chance explains it"),
        ("compare a.zip b.zip --report compare.html", "also writes charts and tables"),
        ("compare a.zip ferplus.onnx --classes neutral,happy,surprise,sad,angry,disgust,fear,contempt", "a model of another program"),
    ];

    public IEnumerable<Option> Options => [.. _onnx.All, .. _data.Source, _usage, _seed, _threads, _json, _report, _svg];

    public IEnumerable<Argument> Arguments => [_models];

    public bool EndsAtOnce => true;

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string[] paths = [.. result.GetRequiredValue(_models).Select(host.Resolve)];
        int threads = result.GetValue(_threads) ?? 0;
        var (a, b) = _onnx.LoadTwo(paths, result, host, threads);
        using FerModel first = a, second = b;
        if (!a.ClassNames.SequenceEqual(b.ClassNames))
        {
            string one = string.Join(", ", a.ClassNames), other = string.Join(", ", b.ClassNames);
            throw new FerException(
                $"{paths[0]} has the classes {one}, {paths[1]} {other}. Only models of the same classes can be compared.");
        }
        var usage = result.GetValue(_usage)!.Value;
        var dataset = _data.Load(result, host, result.GetValue(_seed) ?? 1, ModelScheme.Of(a, paths[0]));
        var faces = ModelScheme.Faces(dataset, usage);
        float[] ofFirst = EvaluateCommand.Predict(a, faces, host, "First model", cancellationToken);
        float[] ofSecond = EvaluateCommand.Predict(b, faces, host, "Second model", cancellationToken);
        var data = Data(result, host, paths, a, b, ModelComparison.Compute(ofFirst, ofSecond, faces.Labels, a.ClassNames)) with
        {
            Notes = [$"{faces.Count.ToString("#,0", CultureInfo.InvariantCulture)} {usage} faces of {dataset.Source}.", .. dataset.Notes],
        };
        if (result.GetValue(_json)) host.Output.WriteLine(JsonText.Write(json => WriteJson(json, data)));
        else Write(host.Output, data);
        if (result.GetValue(_report) is { } report)
        {
            ComparisonReport.Write(host.Resolve(report), data);
            host.Error.WriteLine($"Report: {host.Shorten(host.Resolve(report))}");
        }
        if (result.GetValue(_svg) is { } svg)
        {
            int files = ComparisonReport.WriteSvg(host.Resolve(svg), data).Count;
            host.Error.WriteLine($"{files} SVG files: {host.Shorten(host.Resolve(svg))}");
        }
        return Task.FromResult(ExitCode.Done);
    }

    private static ComparisonReportData Data(
        ParseResult result, CommandHost host, string[] paths, FerModel a, FerModel b, ModelComparison comparison)
    {
        string[] names = Names(paths);
        return new ComparisonReportData
        {
            Title = $"{names[0]} against {names[1]}",
            Command = TypedCommand.Of(result, host).Typed,
            FirstName = names[0],
            SecondName = names[1],
            Comparison = comparison,
            Facts =
            [
                ("architecture", a.Manifest.Architecture, b.Manifest.Architecture),
                ("parameters", Whole(Count(a)), Whole(Count(b))),
                ("multiply-accumulates", Whole(a.Network.MultiplyAccumulates), Whole(b.Network.MultiplyAccumulates)),
                ("training data", a.Manifest.TrainingDataSha256 ?? "not known", b.Manifest.TrainingDataSha256 ?? "not known"),
                .. a.Manifest.Settings.Keys.Union(b.Manifest.Settings.Keys).Order(StringComparer.Ordinal)
                    .Select(key => (key, a.Manifest.Settings.GetValueOrDefault(key, ""), b.Manifest.Settings.GetValueOrDefault(key, ""))),
            ],
        };
    }

    private static long Count(FerModel model) => model.Network.Parameters.Sum(parameter => (long)parameter.Length);

    /// <summary>File names, with as many folders before them as tell them apart.</summary>
    private static string[] Names(string[] paths)
    {
        if (paths[0] == paths[1]) return ["first", "second"];
        string[][] parts = [.. paths.Select(path => path.Split(Path.DirectorySeparatorChar))];
        int depth = 1;
        while (Last(0, depth) == Last(1, depth)) depth++;
        return [Last(0, depth), Last(1, depth)];

        string Last(int file, int count) => string.Join('/', parts[file].TakeLast(count));
    }

    private static void Write(TextWriter output, ComparisonReportData data)
    {
        output.WriteLine(ComparisonReport.Verdict(data));
        output.WriteLine();
        var table = new PlainTable("figure", data.FirstName, data.SecondName, "difference", "95 % interval");
        var recalls = data.Comparison.RecallDifferences.Select(one => one with { Name = "recall of " + one.Name });
        foreach (var one in data.Comparison.Differences.Concat(recalls))
        {
            string interval = $"{Signed(one.Interval.Lower)} to {Signed(one.Interval.Upper)}";
            table.Add(one.Name, Text(one.First), Text(one.Second), Signed(one.Difference), interval);
        }
        table.Write(output);
    }

    private static void WriteJson(Utf8JsonWriter json, ComparisonReportData data)
    {
        var comparison = data.Comparison;
        json.WriteStartObject();
        json.WriteString("first", data.FirstName);
        json.WriteString("second", data.SecondName);
        json.WriteNumber("count", comparison.First.Count);
        json.WriteNumber("bothRight", comparison.BothRight);
        json.WriteNumber("onlyFirst", comparison.McNemar.OnlyFirst);
        json.WriteNumber("onlySecond", comparison.McNemar.OnlySecond);
        json.WriteNumber("bothWrong", comparison.BothWrong);
        json.WriteNumber("mcNemarPValue", comparison.McNemar.PValue);
        json.WriteNumber("mcNemarStatistic", comparison.McNemar.Statistic);
        Array("differences", comparison.Differences);
        Array("recallDifferences", comparison.RecallDifferences);
        json.WriteEndObject();

        void Array(string name, IReadOnlyList<MetricDifference> differences)
        {
            json.WriteStartArray(name);
            foreach (var one in differences)
            {
                json.WriteStartObject();
                json.WriteString("name", one.Name);
                json.WriteNumber("first", one.First);
                json.WriteNumber("second", one.Second);
                json.WriteNumber("difference", one.Difference);
                json.WriteStartArray("interval");
                json.WriteNumberValue(one.Interval.Lower);
                json.WriteNumberValue(one.Interval.Upper);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    private static string Whole(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);
}
