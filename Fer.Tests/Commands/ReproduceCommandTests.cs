using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Tests.Commands;

public class ReproduceCommandTests
{
    private static async Task<(int Code, string Output, string Error)> Run(
        TemporaryFolder folder, string arguments, CancellationToken? cancel = null)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = folder.Path };
        int code = await CommandLineProgram.RunAsync(arguments.Split(' '), host, Fer.Program.Commands, cancel
            ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task List_shows_every_project_with_its_reported_figure()
    {
        using var folder = new TemporaryFolder();
        var (code, output, _) = await Run(folder, "reproduce --list");
        Assert.Equal(ExitCode.Done, code);
        foreach (var project in EarlierProject.All) Assert.Contains(project.Name, output);
        Assert.Contains("58.6", output);
    }

    [Fact]
    public async Task Neither_or_both_of_name_and_all_is_wrong_usage()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.WrongUsage, (await Run(folder, "reproduce")).Code);
        Assert.Equal(ExitCode.WrongUsage, (await Run(folder, "reproduce first-cnn --all")).Code);
        var (code, _, error) = await Run(folder, "reproduce cours-cnn");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("course-cnn", error);
    }

    [Fact]
    public async Task What_was_trained_is_kept_and_not_trained_again()
    {
        using var folder = new TemporaryFolder();
        await Run(folder, "data --write-sample faces.csv --count 140");
        const string command = "reproduce web-baseline --minutes 0.03 --alone --threads 1 --data faces.csv --output out";
        var (code, first, error) = await Run(folder, command);
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("45.5", first);
        string model = Path.Combine(folder.Path, "out", "reproduce", "web-baseline", "model.zip");
        Assert.True(File.Exists(model));
        var written = File.GetLastWriteTimeUtc(model);

        var (_, second, _) = await Run(folder, command);
        Assert.Equal(first, second);
        Assert.Equal(written, File.GetLastWriteTimeUtc(model));

        // So is one of another seed, and one that cannot be read.
        Assert.Equal(ExitCode.Done, (await Run(folder, $"{command} --seed 2")).Code);
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(model));
        Assert.Equal(ExitCode.Done, (await Run(folder, command)).Code);
        written = File.GetLastWriteTimeUtc(model);
        File.WriteAllText(Path.Combine(folder.Path, "out", "reproduce", "web-baseline", "result.json"), "{");
        Assert.Equal(ExitCode.Done, (await Run(folder, command)).Code);
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(model));
    }

    [Fact]
    public async Task Cancelled_training_leaves_no_result()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        var (code, _, error) = await Run(folder, "reproduce first-cnn --minutes 1 --alone --output out", cancel.Token);
        Assert.True(code == ExitCode.Cancelled, $"{code}\n{error}");
        Assert.False(File.Exists(Path.Combine(folder.Path, "out", "reproduce", "first-cnn", "result.json")));
    }
}
