using Fer.Options;
using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Tests.Options;

public class DataOptionsTests
{
    [Fact]
    public void A_dash_is_standard_input_and_everything_else_a_path_from_the_current_folder()
    {
        using var folder = new TemporaryFolder();
        var host = new CommandHost(TextWriter.Null, TextWriter.Null) { CurrentFolder = folder.Path };
        Assert.Equal(folder.File("faces.csv"), DataOptions.Path("faces.csv", host));
        if (OperatingSystem.IsWindows()) Assert.Throws<FerUsageException>(() => DataOptions.Path("-", host));
        else Assert.Equal("/dev/stdin", DataOptions.Path("-", host));
    }
}
