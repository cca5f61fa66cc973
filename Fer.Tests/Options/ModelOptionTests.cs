using System.CommandLine;
using Fer.Options;
using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Tests.Options;

public class ModelOptionTests
{
    [Fact]
    public void Without_a_name_the_shipped_model_is_taken_and_else_the_newest()
    {
        using var folder = new TemporaryFolder();
        folder.Write("FerMl.sln", "");
        var host = new CommandHost(TextWriter.Null, TextWriter.Null) { CurrentFolder = folder.Path };
        Assert.Contains("experiment", Assert.Throws<FerUsageException>(() => Path(host)).Message);

        string older = folder.Write("artifacts/a/model.zip", ""), newer = folder.Write("artifacts/b/model.zip", "");
        File.SetLastWriteTimeUtc(older, File.GetLastWriteTimeUtc(newer) - TimeSpan.FromMinutes(1));
        Assert.Equal(newer, Path(host));

        string shipped = folder.Write("artifacts/fer-seven.zip", "");
        Assert.Equal(shipped, Path(host));
        Assert.Equal(older, Path(host, "--model", "artifacts/a/model.zip"));
    }

    private static string Path(CommandHost host, params string[] arguments)
    {
        var option = ModelOption.Create();
        var command = new RootCommand { option };
        return ModelOption.PathOf(command.Parse(arguments), option, host);
    }
}
