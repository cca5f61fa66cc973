using Fer.Notebooks;

namespace Fer.Tests.Notebooks;

public class CommittedNotebooksTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "Fer.Notebooks");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>The quickest of them; `.ci/run` has `notebooks run --check` run them all.</summary>
    [Fact]
    public async Task The_notebook_that_uses_the_zip_runs_and_gives_what_is_saved()
    {
        string path = Path.Combine(Folder, "04-use-the-zip.ipynb");
        var now = Notebook.Load(path);
        await NotebookRunner.RunAsync(now, null, TestContext.Current.CancellationToken);
        Assert.Empty(NotebookCheck.Compare(Notebook.Load(path), now));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_notebook_has_its_outputs_in_place_and_no_errors(string name)
    {
        var notebook = Notebook.Load(Path.Combine(Folder, name));
        Assert.NotEqual(Path.GetFileNameWithoutExtension(name), notebook.Title);
        Assert.Contains(notebook.Cells, cell => cell.Outputs.Count > 0);
        Assert.DoesNotContain(notebook.Cells.SelectMany(cell => cell.Outputs), output => output.Kind == "error");
        Assert.Contains(notebook.Cells.SelectMany(cell => cell.Outputs), output => output.Forms.ContainsKey(CellOutput.Svg));
        // Written as Jupyter writes it, so that saving an unchanged notebook changes nothing.
        Assert.Equal(File.ReadAllText(notebook.Path), notebook.ToJson());
    }
}
