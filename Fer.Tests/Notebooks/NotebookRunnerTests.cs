using System.Text.Json;
using Fer.Notebooks;
using Fer.Shell;

namespace Fer.Tests.Notebooks;

public sealed class NotebookRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(params string[] cells) => _folder.Write("one.ipynb", JsonSerializer.Serialize(new
    {
        cells = cells.Select((source, i) => source.StartsWith('#')
            ? (object)new { cell_type = "markdown", id = $"c{i}", metadata = new { kept = true }, source }
            : new
            {
                cell_type = "code",
                id = $"c{i}",
                execution_count = (int?)null,
                metadata = new { },
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
    public async Task Cells_share_state_and_their_outputs_are_saved()
    {
        string path = Write("# Title", "int x = 20;\nConsole.Write(\"a\");\nConsole.WriteLine(\"b\");", "using System.Text;\nx + 22",
            "display(new[] { 1.5, 2 }); display(HTML(\"<b>bold</b>\")); display(Markdown(\"*m*\"));");
        var (code, _, error) = await Run("run one.ipynb");
        Assert.True(code == ExitCode.Done, error);
        var cells = Notebook.Load(path).Cells;
        Assert.Equal("ab\n", Assert.Single(cells[1].Outputs).Text);
        Assert.Equal(("execute_result", "42\n"), (cells[2].Outputs[0].Kind, cells[2].Outputs[0].Text));
        Assert.Equal(["[1.5, 2]\n", "[HTML]\n", "*m*\n"], cells[3].Outputs.Select(output => output.Text));
        Assert.Equal("<b>bold</b>", cells[3].Outputs[1].Forms[CellOutput.Html]);
        Assert.Contains("\"kept\": true", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.EndsWith("}\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await Run("run one.ipynb --check")).Code);
    }

    [Fact]
    public async Task The_library_and_its_charts_and_tables_can_be_used()
    {
        string path = Write("""
            #r "../anywhere/Fer.Pipeline.dll"
            using Fer.Pipeline.Faces;
            using Fer.Pipeline.Reports;
            display(new BarChart { Title = "Bars", Description = "d", Categories = ["a"], Series = [new("s", [1.0])] });
            display(new Table([new("name", Numeric: false), new("n")], [["<x>", "1"]]));
            display(new Table([new("name")], [["7.31"]]), "Figures of the machine");
            display(LabelScheme.Three.ClassNames.Select(name => new { Name = name, name.Length }));
            """);
        // A first line that begins with # would make the cell Markdown here.
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"cell_type\":\"markdown\"", "\"cell_type\":\"code\""));
        var (code, _, error) = await Run("run one.ipynb");
        Assert.True(code == ExitCode.Done, error);
        var outputs = Notebook.Load(path).Cells[0].Outputs;
        Assert.Equal("[Bars]\n", outputs[0].Text);
        Assert.StartsWith("<svg", outputs[0].Forms[CellOutput.Svg], StringComparison.Ordinal);
        Assert.Contains("&lt;x&gt;", outputs[1].Forms[CellOutput.Html], StringComparison.Ordinal);
        Assert.Equal("name  n\n<x>   1\n", outputs[1].Text);
        Assert.Equal("[Figures of the machine]\n", outputs[2].Text);
        Assert.Contains("7.31", outputs[2].Forms[CellOutput.Html], StringComparison.Ordinal);
        Assert.Contains("neutral       7", outputs[3].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int a = 1;\nint b = nothing;", "cell 2, line 2: CS0103")]
    [InlineData("int a = 1;\n\nthrow new InvalidOperationException(\"spoilt\");", "cell 2, line 3: InvalidOperationException: spoilt")]
    [InlineData("void Fail()\n{\n    throw new Fer.Pipeline.FerException(\"no faces\");\n}\nFail();", "cell 2, line 3: no faces")]
    public async Task A_cell_that_fails_is_named_with_its_line(string source, string expected)
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
    public async Task A_check_saves_nothing_and_reports_what_changed()
    {
        string path = Write("int x = 1;\nConsole.WriteLine($\"one\\ntwo {x}\");");
        await Run("run one.ipynb");
        string saved = File.ReadAllText(path).Replace("two 1", "two 2");
        File.WriteAllText(path, saved);
        var (code, _, error) = await Run("run one.ipynb --check");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("cell 1, output 1, line 2: 'two 2' is saved, the run gave 'two 1'.", error, StringComparison.Ordinal);
        Assert.Equal(saved, File.ReadAllText(path));
    }

    [Fact]
    public async Task A_run_can_be_cancelled_even_inside_a_cell()
    {
        var notebook = Notebook.Load(Write("while (true) await Task.Delay(1000);"));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NotebookRunner.RunAsync(notebook, null, stop.Token));
    }

    [Theory]
    [InlineData("no json", "one.ipynb:1:")]
    [InlineData("{}", "no list of cells")]
    [InlineData("""{"cells":[],"nbformat":3}""", "nbformat 3 is not 4")]
    [InlineData("""{"cells":[],"nbformat":4,"metadata":{"kernelspec":{"name":"python3"}}}""", "'python3', not '.net-csharp'")]
    [InlineData("""{"cells":[7],"nbformat":4,"metadata":{"kernelspec":{"name":".net-csharp"}}}""", "cell 1 is not an object")]
    [InlineData("""{"cells":[{"cell_type":"code","source":{}}],"nbformat":4,"metadata":{"kernelspec":{"name":".net-csharp"}}}""",
        "wrong type")]
    public async Task What_is_not_a_notebook_is_refused_with_the_reason(string text, string expected)
    {
        _folder.Write("one.ipynb", text);
        var (code, _, error) = await Run("run one.ipynb");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_is_2_and_a_missing_file_1()
    {
        Assert.Equal(ExitCode.WrongUsage, (await Run("run --chek")).Code);
        var (code, _, error) = await Run("run absent.ipynb");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("absent.ipynb: there is no such file", error, StringComparison.Ordinal);
        Assert.Contains("notebooks run --check", (await Run("run --help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notebook_becomes_one_page()
    {
        Write("# A title", "Console.WriteLine(\"<printed>\");");
        await Run("run one.ipynb");
        var (code, output, error) = await Run("html one.ipynb --output pages");
        Assert.True(code == ExitCode.Done, error);
        string page = File.ReadAllText(Path.Combine(_folder.Path, output.Trim()));
        Assert.Contains("<h1>A title</h1>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;printed&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a *b* **c** `d*e*`", "<p>a <em>b</em> <strong>c</strong> <code>d*e*</code></p>\n")]
    [InlineData("## Two\ntext", "<h2>Two</h2>\n<p>text</p>\n")]
    [InlineData("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n")]
    [InlineData("[x](javascript:alert)", "<p>[x](javascript:alert)</p>\n")]
    [InlineData("[x](https://arxiv.org/abs/1911.00068)", "<p><a href=\"https://arxiv.org/abs/1911.00068\">x</a></p>\n")]
    [InlineData("<b>", "<p>&lt;b&gt;</p>\n")]
    [InlineData("```cs\na < b\n```", "<pre><code>a &lt; b</code></pre>\n")]
    public void Markdown_becomes_html(string markdown, string html) => Assert.Equal(html, MarkdownHtml.Convert(markdown));
}
