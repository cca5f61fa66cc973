using Fer.Shell;

namespace Fer.Tests.Shell;

public sealed class InvocationTests
{
    [Fact]
    public void A_message_says_what_was_typed_to_start_the_program()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Fer.Pipeline/Fer.csproj", "");
        string program = Path.Combine(folder.Path, "Fer.Pipeline", "bin", "Release", "net10.0");
        Assert.Equal("../fer", Invocation.Of("../fer", program, folder.Path));
        Assert.Equal("dotnet run --project Fer.Pipeline -c Release --", Invocation.Of(null, program, folder.Path));
        Assert.Equal("dotnet run -c Release --", Invocation.Of("", program, Path.Combine(folder.Path, "Fer.Pipeline")));
        Assert.Equal("dotnet run --", Invocation.Of(null, program.Replace("Release", "Debug"), Path.Combine(folder.Path, "Fer.Pipeline")));
        Assert.Equal("fer", Invocation.Of(null, Path.Combine(folder.Path, "tools"), folder.Path));
    }

    [Fact]
    public async Task Usage_help_and_errors_name_the_program_as_it_was_typed()
    {
        using var folder = new TemporaryFolder();
        var (output, error) = (new StringWriter(), new StringWriter());
        var host = new CommandHost(output, error) { CurrentFolder = folder.Path, Invocation = "./fer" };
        var stop = TestContext.Current.CancellationToken;
        Assert.Equal(ExitCode.WrongUsage, await CommandLineProgram.RunAsync(["trian"], host, Program.Commands, stop));
        Assert.Contains("'./fer --help'", error.ToString());
        Assert.Equal(ExitCode.Done, await CommandLineProgram.RunAsync(["train", "--help"], host, Program.Commands, stop));
        Assert.Contains("./fer train --epochs 20", output.ToString());
        Assert.DoesNotContain(" fer train", output.ToString());
    }
}
