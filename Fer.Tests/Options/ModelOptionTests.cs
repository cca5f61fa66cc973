using System.CommandLine;
using Fer.Options;
using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Tests.Options;

public class ModelOptionTests
{
    [Fact]
    public void Without_a_name_the_newest_of_the_users_own_is_taken_and_else_the_shipped_one_and_it_is_said()
    {
        using var folder = new TemporaryFolder();
        folder.Write("FerMl.sln", "");
        Assert.Contains("experiment", Assert.Throws<FerUsageException>(() => Path(folder)).Message);

        string shipped = folder.Write("artifacts/fer-seven.zip", "");
        Assert.Equal((shipped, "Model: artifacts/fer-seven.zip, which comes with FerMl. --model FILE takes another.\n"), Path(folder));

        string older = folder.Write("artifacts/a/model.zip", ""), newer = folder.Write("artifacts/b/model.zip", "");
        File.SetLastWriteTimeUtc(older, File.GetLastWriteTimeUtc(newer) - TimeSpan.FromMinutes(1));
        Assert.Equal((newer, "Model: artifacts/b/model.zip, the newest of your own. --model FILE takes another.\n"), Path(folder));
        Assert.Equal((older, ""), Path(folder, "--model", "artifacts/a/model.zip"));
    }

    private static (string Path, string Said) Path(TemporaryFolder folder, params string[] arguments)
    {
        var said = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(TextWriter.Null, said) { CurrentFolder = folder.Path };
        var option = ModelOption.Create();
        var command = new RootCommand { option };
        return (ModelOption.PathOf(command.Parse(arguments), option, host), said.ToString());
    }
}
