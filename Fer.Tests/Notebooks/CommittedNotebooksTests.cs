using Fer.Notebooks;

namespace Fer.Tests.Notebooks;

public class CommittedNotebooksTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "Fer.Notebooks");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_notebook_has_its_outputs_in_place_and_no_errors(string name)
    {
        var notebook = Notebook.Load(Path.Combine(Folder, name));
        Assert.NotEqual(Path.GetFileNameWithoutExtension(name), notebook.Title);
        var outputs = notebook.Cells.SelectMany(cell => cell.Outputs).ToArray();
        Assert.DoesNotContain(outputs, output => output.IsError);
        Assert.DoesNotContain(outputs, output => output.Name == "stderr");
        Assert.Contains(outputs, output => output.Forms.GetValueOrDefault(CellOutput.Html, "").Contains("<svg", StringComparison.Ordinal));
        // Written as Jupyter writes it, so that saving an unchanged notebook changes nothing.
        Assert.Equal(File.ReadAllText(notebook.Path), notebook.ToJson());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_notebook_holds_a_picture_of_a_face(string name) =>
        Assert.DoesNotContain(Notebook.Load(Path.Combine(Folder, name)).Cells.SelectMany(cell => cell.Outputs), Pictures.IsPicture);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_notebook_takes_the_data_and_says_what_keeps_a_check_short(string name)
    {
        var notebook = Notebook.Load(Path.Combine(Folder, name));
        Assert.True(notebook.Mentions("data"));
        var parameters = Assert.Single(notebook.Cells, cell => cell.HasParameters);
        Assert.All(parameters.CheckParameters.Keys, key => Assert.True(notebook.Mentions(key), key));
    }
}
