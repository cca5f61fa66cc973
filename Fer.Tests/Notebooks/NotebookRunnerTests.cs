using System.Text.Json;
using System.Text.Json.Nodes;
using Fer.Notebooks;
using Fer.Shell;

namespace Fer.Tests.Notebooks;

/// <summary>The runner with the real kernel. A run changes the folder of the process, so nothing runs beside these tests.</summary>
[CollectionDefinition(nameof(NotebookRunnerTests), DisableParallelization = true)]
[Collection(nameof(NotebookRunnerTests))]
public sealed class NotebookRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(params string[] cells) => _folder.Write("one.ipynb", JsonSerializer.Serialize(new
    {
        cells = cells.Select((source, i) => source.StartsWith("# ", StringComparison.Ordinal)
            ? (object)new { cell_type = "markdown", id = $"c{i}", metadata = new { kept = true }, source }
            : new
            {
                cell_type = "code",
                id = $"c{i}",
                execution_count = (int?)null,
                metadata = new { tags = source.StartsWith("int epochs", StringComparison.Ordinal) ? new[] { "parameters" } : [] },
                outputs = Array.Empty<object>(),
                source
            }),
        metadata = new { kernelspec = new { name = ".net-csharp", display_name = ".NET (C#)", language = "C#" } },
        nbformat = 4,
        nbformat_minor = 5,
    }));

    private async Task<(int Code, string Output, string Error)> Run(string arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = _folder.Path };
        int code = await CommandLineProgram.RunAsync(arguments.Split(' '), host, NotebookProgram.Commands,
            TestContext.Current.CancellationToken, NotebookProgram.Text);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Cells_share_state_and_their_outputs_are_saved_without_pictures()
    {
        string path = Write("# Title", "int epochs = 20;\nConsole.Write(\"a\");\nConsole.WriteLine(\"b\");",
            "using System.Text;\nepochs + 22",
            "display(HTML(\"<b>bold</b>\")); display(HTML(\"<img src='face.png'>\"));", "System.IO.Directory.GetCurrentDirectory()",
            "await Task.Yield(); Console.Error.Write(\"e\");");
        string before = Directory.GetCurrentDirectory();
        var (code, _, error) = await Run("run one.ipynb --set epochs=3");
        Assert.True(code == ExitCode.Done, error);
        Assert.Equal(before, Directory.GetCurrentDirectory());
        var cells = Notebook.Load(path).Cells;
        Assert.Equal("ab\n", Assert.Single(cells[1].Outputs).Text);
        Assert.Equal("execute_result", Assert.Single(cells[2].Outputs).Kind);
        Assert.Contains("25", cells[2].Outputs[0].Forms[CellOutput.Html], StringComparison.Ordinal);
        Assert.Equal("<b>bold</b>", cells[3].Outputs[0].Forms[CellOutput.Html]);
        Assert.Contains("not saved with the notebook", cells[3].Outputs[1].Forms[CellOutput.Html], StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(_folder.Path), cells[4].Outputs[0].Forms.Values.First(), StringComparison.Ordinal);
        Assert.Equal(("stderr", "e"), (cells[5].Outputs[0].Name, cells[5].Outputs[0].Text));
        Assert.Contains("\"kept\": true", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.EndsWith("}\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(2, JsonNode.Parse(File.ReadAllText(path))!["cells"]![2]!["outputs"]![0]!["execution_count"]!.GetValue<int>());

        (code, string output, error) = await Run("html one.ipynb --output pages");
        Assert.True(code == ExitCode.Done, error);
        string page = File.ReadAllText(Path.Combine(_folder.Path, output.Trim()));
        Assert.Contains("<h1>Title</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"k\">int</span> epochs", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int a = 1;\nint b = nothing;", "cell 2, line 2: CS0103: The name 'nothing'")]
    [InlineData("int a = 1;\nthrow new InvalidOperationException(\"spoilt\");", "cell 2: InvalidOperationException: spoilt")]
    public async Task A_cell_that_fails_is_named_and_the_outputs_so_far_are_kept(string source, string expected)
    {
        string path = Write("Console.WriteLine(\"first\");", source, "Console.WriteLine(\"never\");");
        var (code, _, error) = await Run("run one.ipynb");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        var cells = Notebook.Load(path).Cells;
        Assert.Equal("first\n", cells[0].Outputs[0].Text);
        Assert.Equal("error", cells[1].Outputs[^1].Kind);
        Assert.Empty(cells[2].Outputs);
    }

    [Fact]
    public async Task A_check_saves_nothing_and_reports_outputs_of_another_kind()
    {
        string path = Write("int epochs = 1;\nstring data = null;", "Console.WriteLine(System.IO.File.Exists(data));");
        string saved = File.ReadAllText(path);
        var (code, _, error) = await Run("run one.ipynb --check");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("cell 2: nothing is saved, the run gave stream (text/plain).", error, StringComparison.Ordinal);
        Assert.Equal(saved, File.ReadAllText(path));
    }

    [Fact]
    public void A_notebook_takes_the_build_that_runs_it()
    {
        string own = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        Assert.Equal($"#r \"a/bin/{own}/net10.0/b.dll\"\nstring s = \"/bin/Release/\";",
            NotebookRunner.OwnBuild("#r \"a/bin/Release/net10.0/b.dll\"\nstring s = \"/bin/Release/\";"));
    }

    [Fact]
    public async Task A_run_can_be_cancelled_even_inside_a_cell_that_does_not_look()
    {
        var notebook = Notebook.Load(Write("while (true) await Task.Delay(100);"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = NotebookRunner.RunAsync(notebook, new Dictionary<string, string>(), null, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Theory]
    [InlineData("no json", "one.ipynb:1:")]
    [InlineData("{}", "no list of cells")]
    [InlineData("""{"cells":[],"nbformat":3}""", "nbformat 3 is not 4")]
    [InlineData("""{"cells":[],"nbformat":4,"metadata":{"kernelspec":{"name":"python3"}}}""", "'python3', not '.net-csharp'")]
    [InlineData("""{"cells":[7],"nbformat":4,"metadata":{"kernelspec":{"name":".net-csharp"}}}""", "cell 1 is not an object")]
    [InlineData("""{"cells":[{"cell_type":"code","source":{}}],"nbformat":4,"metadata":{"kernelspec":{"name":".net-csharp"}}}""",
        "wrong type")]
    [InlineData("""{"cells":[],"nbformat":4,"metadata":{"kernelspec":{"name":".net-csharp"}}}""", "no code cell has the tag 'parameters'",
        "run one.ipynb --set a=1")]
    public async Task What_cannot_be_run_is_refused_with_the_reason(string text, string expected, string arguments = "run one.ipynb")
    {
        _folder.Write("one.ipynb", text);
        var (code, _, error) = await Run(arguments);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_is_2_and_a_missing_file_1()
    {
        Assert.Equal(ExitCode.WrongUsage, (await Run("run --chek")).Code);
        Assert.Equal(ExitCode.WrongUsage, (await Run("run absent.ipynb --set epochs")).Code);
        var (code, _, error) = await Run("run absent.ipynb");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("absent.ipynb: there is no such file", error, StringComparison.Ordinal);
        Assert.Contains("notebooks run --check", (await Run("run --help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_are_taken_out_of_a_notebook_that_another_program_ran()
    {
        string path = Write("1");
        var notebook = JsonNode.Parse(File.ReadAllText(path))!;
        notebook["cells"]![0]!["outputs"] = new JsonArray(new JsonObject
        {
            ["output_type"] = "display_data",
            ["data"] = new JsonObject { ["image/png"] = "AAAA" },
            ["metadata"] = new JsonObject(),
        }, new JsonObject
        {
            ["output_type"] = "display_data",
            ["data"] = new JsonObject { ["text/html"] = "<div id='dotnet-interactive-this-cell-1'></div><script>probe()</script>" },
            ["metadata"] = new JsonObject(),
        });
        File.WriteAllText(path, notebook.ToJsonString());
        Assert.Equal("one.ipynb: 1 picture taken out\n", (await Run("strip one.ipynb")).Output);
        Assert.DoesNotContain("AAAA", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.DoesNotContain("probe", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal("one.ipynb: 0 pictures taken out\n", (await Run("strip one.ipynb")).Output);
    }
}
