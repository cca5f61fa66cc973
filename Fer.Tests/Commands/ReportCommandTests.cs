using Fer.Shell;
using Fer.Tests.Models;

namespace Fer.Tests.Commands;

public sealed class ReportCommandTests : IDisposable
{
    private readonly TestModels _models = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _models.Dispose();
        _folder.Dispose();
    }

    private async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var host = new CommandHost(output, error) { CurrentFolder = _folder.Path };
        int code = await CommandLineProgram.RunAsync(
            ["report", .. arguments], host, Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task A_run_is_found_by_its_name_and_all_runs_are_listed_with_what_is_known_of_them()
    {
        _folder.Write("FerMl.sln", "");
        _folder.Write("artifacts/a run/report.html", "<p>a</p>");
        _folder.Write("artifacts/a run/model.zip", File.ReadAllBytes(_models.Save()));
        _folder.Write("artifacts/broken/report.html", "<p>b</p>");
        _folder.Write("artifacts/broken/model.zip", "no zip");
        _folder.Write("artifacts/none/trials.jsonl", "");

        Assert.Equal((ExitCode.Done, "artifacts/a run/report.html\n", ""), await Run("a run"));
        Assert.Equal((ExitCode.Done, "artifacts/index.html\n", ""), await Run());
        string page = File.ReadAllText(_folder.File("artifacts/index.html"));
        Assert.Contains("<a href=\"a%20run/report.html\">a run</a>", page);
        Assert.Contains("<a href=\"broken/report.html\">broken</a>", page);
        Assert.DoesNotContain("none/", page);

        var (code, _, error) = await Run("a rnu");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("Did you mean 'a run'?", error);
    }
}
