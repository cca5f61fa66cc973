using Fer.Shell;
using Fer.Tests.Server;

namespace Fer.Tests.Commands;

public sealed class HealthCommandTests
{
    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        int code = await CommandLineProgram.RunAsync(
            ["health", .. arguments], new CommandHost(output, error), Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task A_server_that_answers_is_well_and_one_that_is_gone_is_not()
    {
        string url;
        await using (var server = await RunningServer.StartAsync())
        {
            url = server.Server.Url;
            var (well, said, _) = await Run(url);
            Assert.Equal(ExitCode.Done, well);
            Assert.Contains("it answers", said);
        }
        var (code, output, error) = await Run(url);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Empty(output);
        Assert.Contains($"{url}: no answer", error);
    }

    [Theory]
    [InlineData("localhost:5080")]
    [InlineData("ftp://localhost")]
    [InlineData("nonsense")]
    public async Task What_is_no_address_of_a_server_is_said_to_be_none(string url)
    {
        var (code, _, error) = await Run(url);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("http://localhost:5080", error);
    }
}
