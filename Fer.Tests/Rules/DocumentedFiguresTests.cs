using System.IO.Compression;
using System.Text.Json;
using static Fer.Tests.Rules.SpeedFigures;

namespace Fer.Tests.Rules;

/// <summary>
/// The speeds and accuracies of the pages are those of docs/benchmarks/*.jsonl, which the scripts there write.
/// </summary>
public class DocumentedFiguresTests
{
    /// <summary>Set to 1, the test writes the pages instead of comparing with them.</summary>
    private const string UpdateVariable = "FER_UPDATE_DOCS";

    [Theory]
    [InlineData("README.md", "speed", SpeedFigures.Stored)]
    [InlineData("docs/benchmarks.md", "speed table", SpeedFigures.Stored)]
    [InlineData("README.md", "accuracy", AccuracyFigures.Stored)]
    [InlineData("docs/benchmarks.md", "accuracy table", AccuracyFigures.Stored)]
    [InlineData("docs/benchmarks.md", "accuracy of the models", AccuracyFigures.Stored)]
    [InlineData("artifacts/README.md", "figures of fer-seven", AccuracyFigures.Stored)]
    [InlineData("artifacts/README.md", "classes of fer-seven", AccuracyFigures.Stored)]
    [InlineData("artifacts/README.md", "figures of fer-three", AccuracyFigures.Stored)]
    [InlineData("artifacts/README.md", "classes of fer-three", AccuracyFigures.Stored)]
    public void Figures_are_those_that_were_stored(string page, string name, string stored)
    {
        string path = Path.Combine(TestPaths.Root, page), text = File.ReadAllText(path);
        string begin = $"<!-- {name}: written from {stored} -->", end = $"<!-- end of {name} -->";
        int from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length, to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= begin.Length && to >= from, $"{page} has no place for the {name}: '{begin}' to '{end}'.");
        string now = Now(name, Path.Combine(TestPaths.Root, stored));
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") File.WriteAllText(path, text[..from] + now + text[to..]);
        else Assert.True(text[from..to] == now, $"{page} says something else than {stored}. Run the tests once with {UpdateVariable}=1.");
    }

    [Fact]
    public void Best_rounds_and_ratios_are_right()
    {
        Figure[] figures =
        [
            new(Ours, "a", "train", "fp32", 10, 1), new(Ours, "a", "train", "fp32", 20, 2), new(Ours, "a", "train", "fp32", 15, 3),
            new("Other", "a", "train", "fp32", 8, 1),
        ];
        Assert.Equal(20, Figure.Best(figures, Ours, "fp32", "a", "train"));
        Assert.Null(Figure.Best(figures, "Other", "bf16", "a", "train"));
        Assert.Contains("2.50", SpeedFigures.Table(figures), StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_are_told_with_what_sets_them_apart()
    {
        var run = new AccuracyFigures
        {
            Name = "a",
            Command = "experiment --minutes 60 --data fer2013.csv.gz --fer-plus fer2013new.csv",
            Scheme = "seven",
            Accuracy = 0.7018,
            AccuracyInterval = [0.6871, 0.7169],
            Seconds = 3501.4,
        };
        Assert.Equal("| `--minutes 60` | seven | 0.702 | 0.687 to 0.717 | 58:21 | earlier | |",
            AccuracyFigures.Table([run]).TrimEnd().Split('\n')[^1]);
        string[] rows = AccuracyFigures.Table([run, run with { Name = "b", Date = "2026-11-28", Version = "abc", Seconds = 3661 }])
            .TrimEnd().Split('\n');
        Assert.Contains("| 1:01:01 | abc |", rows[^2]);
    }

    /// <summary>A model that was trained anew, and not scored anew, has other figures inside.</summary>
    [Theory]
    [InlineData("fer-seven")]
    [InlineData("fer-three")]
    public void Figures_of_a_model_are_those_in_its_zip(string name)
    {
        using var zip = ZipFile.OpenRead(Path.Combine(TestPaths.Root, "artifacts", $"{name}.zip"));
        using var metrics = JsonDocument.Parse(zip.GetEntry("metrics.json")!.Open());
        var stored = AccuracyFigures.Read(Path.Combine(TestPaths.Root, AccuracyFigures.Stored)).Single(f => f.Name == name);
        Assert.Equal(metrics.RootElement.GetProperty("count").GetInt32(), stored.Faces);
        Assert.Equal(metrics.RootElement.GetProperty("accuracy").GetDouble(), stored.Accuracy, 0.001);
        Assert.Equal(metrics.RootElement.GetProperty("logLoss").GetDouble(), stored.LogLoss!.Value, 0.001);
    }

    private static string Now(string name, string stored)
    {
        if (name.StartsWith("speed", StringComparison.Ordinal))
        {
            var speeds = Figure.Read(stored);
            return name == "speed" ? SpeedFigures.Sentence(speeds) : SpeedFigures.Table(speeds);
        }
        var accuracies = AccuracyFigures.Read(stored);
        AccuracyFigures Of(string model) => accuracies.Single(f => f.Name == model);
        string[] words = name.Split(' ');
        return words switch
        {
            ["accuracy"] => AccuracyFigures.Sentence(Of("fer-seven")),
            ["accuracy", "table"] => AccuracyFigures.Table(accuracies),
            ["accuracy", ..] => AccuracyFigures.Models(accuracies),
            ["figures", _, var model] => AccuracyFigures.All(Of(model)),
            ["classes", _, var model] => AccuracyFigures.Classes(Of(model)),
            _ => throw new ArgumentException($"Nobody writes the {name}.", nameof(name)),
        };
    }
}
