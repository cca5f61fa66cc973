using System.Reflection;
using System.Text.RegularExpressions;
using Fer.Pipeline.Data;
using Fer.Tests.Detection;
using Fer.Tests.Models;
using Fer.Tests.Models.Backbones;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fer.Tests;

/// <summary>
/// The C# of the README and of docs is compiled and run as it stands there, but for small files in place of those it names, and shorter
/// trainings; links lead somewhere.
/// </summary>
public sealed partial class ReadMeTests : IDisposable
{
    private readonly TestModels _models = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _models.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Using_a_model_takes_the_three_lines_that_the_readme_shows() =>
        Run(Block("FerModel.Load").Replace("artifacts/fer-seven.zip", _models.Save()), "byte[] pixels = new byte[48 * 48];");

    [Fact]
    public void Fine_tuning_takes_the_lines_that_the_readme_shows()
    {
        string csv = Path.Combine(_folder.Path, "faces.csv");
        SampleFaces.WriteCsv(csv, 80, 1);
        Run(Block("FineTune.LastStage").Replace("fer2013.csv.gz", csv).Replace("artifacts/first/model.zip", _models.Save()).Replace(
            "Epoch = 5", "Epoch = 1, BatchSize = 16"), "");
    }

    [Fact]
    public void Photos_take_the_lines_that_the_readme_shows()
    {
        Assert.SkipUnless(SamplePhotographs.Missing is null, SamplePhotographs.Missing ?? "");
        string code = Block("FaceFinder.Load").Replace("photo.jpg", SamplePhotographs.File1To6(1));
        Run(code, $"using var model = Fer.Pipeline.Models.FerModel.Load(\"{_models.Save()}\");");
    }

    [Fact]
    public void A_pipeline_of_mlnet_takes_the_lines_that_the_readme_shows()
    {
        string csv = Path.Combine(_folder.Path, "faces.csv"), zip = Path.Combine(_folder.Path, "faces.zip");
        SampleFaces.WriteCsv(csv, 60, 1);
        string block = Block("ConvertToGrayscale");
        Assert.InRange(block.TrimEnd('\n').Split('\n').Length, 1, 15);
        Run(block.Replace("fer2013.csv.gz", csv).Replace("faces.zip", zip).Replace("Epoch = 20", "Epoch = 1, Width = 0.25, BatchSize = 16"),
            "");
        Assert.True(new FileInfo(zip).Length > 0);
    }

    [Fact]
    public void A_run_takes_the_lines_that_the_readme_shows()
    {
        string csv = Path.Combine(_folder.Path, "faces.csv"), run = Path.Combine(_folder.Path, "run");
        SampleFaces.WriteCsv(csv, 60, 1);
        Run(Block("new FaceTrainingRun").Replace("fer2013.csv.gz", csv).Replace("artifacts/mine", run)
            .Replace("Epoch = 20", "Epoch = 1, Width = 0.25, BatchSize = 16"), "");
        Assert.True(File.Exists(Path.Combine(run, "model.zip")));
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }

    [Fact]
    public void A_program_of_mlnet_takes_the_lines_that_the_readme_shows() => Run(
        Block("CreatePredictionEngine").Replace("artifacts/first/model.zip", _models.Save()), "byte[] pixels = new byte[48 * 48];");

    [Fact]
    public void Networks_as_onnx_take_the_lines_that_the_readme_shows() => Run(Block("OnnxWriter.Write"), "");

    [Fact]
    public void A_device_takes_the_line_that_the_docs_show() =>
        Run(Block("Options { Device").Replace("cuda", "cpu"), "", "new ImageClassificationTrainer(options);");

    [Fact]
    public void Every_block_of_the_readme_and_the_docs_is_run_by_one_of_these_tests()
    {
        string tests = File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Tests", "ReadMeTests.cs"));
        string[] marks = [.. BlockMarks().Matches(tests).Select(m => Regex.Unescape(m.Groups[1].Value))];
        Assert.All(Pages().SelectMany(page => CodeBlocks().Matches(File.ReadAllText(page))), block => Assert.Contains(
            marks, mark => block.Groups[1].Value.Contains(mark, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_main_job_and_the_tests_are_the_first_two_commands()
    {
        string[] commands = FirstBlock().Match(File.ReadAllText(Path.Combine(TestPaths.Root, "README.md"))).Groups[1].Value
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["dotnet run --project Fer.Pipeline -c Release -- experiment --minutes 60", "dotnet test"], commands);
    }

    [Fact]
    public void Every_link_to_a_file_or_heading_leads_there()
    {
        var broken = new List<string>();
        foreach (string page in Pages())
            foreach (Match link in Links().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups[1].Value;
                if (target.Contains("://", StringComparison.Ordinal)) continue;
                string[] parts = target.Split('#');
                string file = parts[0].Length == 0 ? page : Path.GetFullPath(parts[0], Path.GetDirectoryName(page)!);
                bool found = File.Exists(file)
                    && (parts.Length == 1 || Headings().Matches(File.ReadAllText(file)).Any(h => Anchor(h.Groups[1].Value) == parts[1]));
                if (!found) broken.Add($"{Path.GetFileName(page)}: {target}");
            }
        Assert.Empty(broken);
    }

    [Fact]
    public void A_chart_takes_the_line_that_the_readme_shows()
    {
        string svg = Path.Combine(_folder.Path, "faces.svg");
        Run(Block("new BarChart").Replace("faces.svg", svg), "");
        Assert.Contains("happy", File.ReadAllText(svg));
    }

    [Fact]
    public void A_sweep_of_ones_own_takes_the_lines_that_the_readme_shows() => Run(
        Block("SetTrialRunner(runner)").Replace("InSeconds(600)", "InSeconds(0.2)"),
        "ITrialRunner runner = new Runner();",
        """
        class MyOptions
        {
            [Range(0.1, 0.9)]
            public double Value { get; set; } = 0.5;
        }
        class Runner : ITrialRunner
        {
            public async Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken)
            {
                await Task.Delay(5, cancellationToken);
                return new TrialResult { TrialSettings = settings, Metric = settings.TrialId };
            }
            public void Dispose() { }
        }
        """);

    [Fact]
    public void A_sweep_over_a_pipeline_takes_the_lines_that_the_readme_shows()
    {
        string csv = Path.Combine(_folder.Path, "faces.csv"), zip = Path.Combine(_folder.Path, "linear.zip"),
            store = Path.Combine(_folder.Path, "backbones");
        SampleFaces.WriteCsv(csv, 120, 1);
        TestBackbone.Add(store, "ResNet18");
        Run(Block("SetPipeline(").Replace("fer2013.csv.gz", csv).Replace("data/backbones", store).Replace("resizeTo: 96", "resizeTo: 32")
            .Replace("InSeconds(600)", "InSeconds(5)").Replace("linear.zip", zip), "");
        Assert.True(new FileInfo(zip).Length > 0);
    }

    private static string Block(string with)
    {
        var blocks = Pages().SelectMany(page => CodeBlocks().Matches(File.ReadAllText(page)));
        return Assert.Single(blocks, m => m.Groups[1].Value.Contains(with, StringComparison.Ordinal)).Groups[1].Value;
    }

    /// <summary>The README and what stands beside it by theme.</summary>
    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Path.Combine(TestPaths.Root, "docs"), "*.md").Order(StringComparer.Ordinal)
            .Prepend(Path.Combine(TestPaths.Root, "README.md"));

    /// <summary>What a Markdown page makes of a heading: lower case, spaces as dashes, without punctuation.</summary>
    private static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    /// <summary>
    /// Compiles a program of the block, with what it takes for granted between its usings and its statements, and runs it.
    /// </summary>
    private static void Run(string block, string before, string after = "")
    {
        var lines = block.Split('\n');
        bool IsDirective(string line) =>
            line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal);
        string source = $"""
            using System; using System.IO; using System.Linq; using System.Threading; using System.Threading.Tasks;
            {string.Join('\n', lines.Where(IsDirective))}
            {before}
            {string.Join('\n', lines.Where(line => !IsDirective(line)))}
            {after}
            """;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Append(typeof(FaceSet).Assembly.Location).Distinct().Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create($"ReadMe{Guid.NewGuid():N}", [CSharpSyntaxTree.ParseText(source)], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        var entry = Assembly.Load(assembly.ToArray()).EntryPoint!;
        entry.Invoke(null, [Array.Empty<string>()]);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex("```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstBlock();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex("""\bBlock\("([^"]+)"\)""")]
    private static partial Regex BlockMarks();
}
