using Fer.Shell;
using Fer.Tests.Models;

namespace Fer.Tests.Commands;

/// <summary>What becomes of the project is shown by <see cref="MlNetProgramTests"/>, which builds and runs it.</summary>
public sealed class NewConsumerCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestModels _models = new();

    public void Dispose()
    {
        _folder.Dispose();
        _models.Dispose();
    }

    private async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var host = new CommandHost(output, error) { CurrentFolder = _folder.Path };
        int code = await CommandLineProgram.RunAsync(
            ["new", "consumer", .. arguments], host, Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task The_project_holds_the_very_zip_and_is_named_as_its_folder()
    {
        string zip = _models.Save();
        Directory.CreateDirectory(_folder.File("My-Faces"));
        var (code, output, error) = await Run("My-Faces", "--model", zip);
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("dotnet run --project My-Faces", output);
        Assert.Equal(await Bytes(zip), await Bytes(_folder.File("My-Faces/model.zip")));
        string[] written = [.. Directory.GetFiles(_folder.File("My-Faces")).Select(file => Path.GetFileName(file)!)
            .Order(StringComparer.Ordinal)];
        Assert.Equal(["FacePicture.cs", "My-Faces.csproj", "Program.cs", "README.md", "model.zip"], written);
        Assert.Contains("<RootNamespace>My_Faces<", await Text("My-Faces.csproj"));
        foreach (string file in written[..^1]) Assert.DoesNotMatch(@"\{[A-Z]+\}", await Text(file));
    }

    private static Task<byte[]> Bytes(string path) => File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

    private Task<string> Text(string file) =>
        File.ReadAllTextAsync(_folder.File($"My-Faces/{file}"), TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_folder_that_holds_something_a_file_and_a_name_that_is_none_are_refused_and_nothing_is_touched()
    {
        string zip = _models.Save();
        _folder.Write("Full/keep.txt", "mine");
        _folder.Write("File", "mine");
        foreach (var (name, why) in ((string, string)[])[("Full", "not empty"), ("File", "a file of this name"), ("1 2", "no name")])
        {
            var (code, _, error) = await Run(name, "--model", zip);
            Assert.Equal(ExitCode.WrongUsage, code);
            Assert.Contains(why, error);
        }
        Assert.Equal(["keep.txt"], Directory.GetFiles(_folder.File("Full")).Select(Path.GetFileName));
        Assert.False(Directory.Exists(_folder.File("1 2")));
    }

    [Fact]
    public async Task A_zip_that_is_no_model_leaves_no_project()
    {
        var (code, _, error) = await Run("Faces", "--model", _folder.Write("no.zip", "no model"));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("no.zip", error);
        Assert.False(Directory.Exists(_folder.File("Faces")));
    }
}
