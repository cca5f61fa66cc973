using System.Text.Json;
using Fer.Shell;

namespace Fer.Tests.Commands;

/// <summary>Two models trained on the same few drawn faces, side by side.</summary>
public sealed class CompareCommandTests(CompareCommandTests.Trained trained) : IClassFixture<CompareCommandTests.Trained>
{
    [Fact]
    public async Task A_model_beside_itself_is_no_different()
    {
        var (code, output, error) = await trained.Run("compare long/model.zip long/model.zip --data faces.csv --json");
        Assert.True(code == ExitCode.Done, error);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            (0, 0, 1.0), (json.GetProperty("onlyFirst").GetInt32(), json.GetProperty("onlySecond").GetInt32(),
                json.GetProperty("mcNemarPValue").GetDouble()));
        Assert.All(json.GetProperty("differences").EnumerateArray(), d => Assert.Equal(0, d.GetProperty("difference").GetDouble()));
    }

    [Fact]
    public async Task Counts_and_differences_agree_with_each_other()
    {
        var (code, output, error) = await trained.Run("compare short/model.zip long/model.zip --data faces.csv --json");
        Assert.True(code == ExitCode.Done, error);
        var json = JsonDocument.Parse(output).RootElement;
        int Count(string name) => json.GetProperty(name).GetInt32();
        Assert.Equal(Count("count"), Count("bothRight") + Count("onlyFirst") + Count("onlySecond") + Count("bothWrong"));
        var accuracy = json.GetProperty("differences").EnumerateArray().First(
            d => d.GetProperty("name").GetString()!.Contains("accuracy", StringComparison.OrdinalIgnoreCase));
        Assert.Equal((Count("onlySecond") - Count("onlyFirst")) / (double)Count("count"), accuracy.GetProperty("difference").GetDouble(),
            1e-9);
        Assert.InRange(accuracy.GetProperty("difference").GetDouble(), accuracy.GetProperty("interval")[0].GetDouble(),
            accuracy.GetProperty("interval")[1].GetDouble());
        Assert.Equal(
            ("short/model.zip", "long/model.zip"), (json.GetProperty("first").GetString(), json.GetProperty("second").GetString()));
    }

    [Fact]
    public async Task Table_report_and_charts_are_written()
    {
        var (code, output, error) = await trained.Run(
            "compare short/model.zip long/model.zip --data faces.csv --report compare.html --svg charts");
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("McNemar", output);
        Assert.Contains("recall of happy", output);
        string page = File.ReadAllText(trained.Folder.File("compare.html"));
        Assert.Contains("<svg", page);
        Assert.Contains("long/model.zip", page);
        Assert.NotEmpty(Directory.GetFiles(trained.Folder.File("charts"), "*.svg"));
    }

    [Theory]
    [InlineData("compare long/model.zip three/model.zip --data faces.csv", ExitCode.Failed, "Only models of the same classes")]
    [InlineData("compare long/model.zip missing.zip --data faces.csv", ExitCode.Failed, "missing.zip")]
    [InlineData("compare long/model.zip faces.csv --data faces.csv", ExitCode.Failed, "faces.csv")]
    [InlineData("compare long/model.zip", ExitCode.WrongUsage, "compare")]
    public async Task What_cannot_be_compared_is_named(string arguments, int expected, string message)
    {
        var (code, _, error) = await trained.Run(arguments);
        Assert.Equal(expected, code);
        Assert.Contains(message, error);
    }

    /// <summary>Drawn faces and the models trained on them.</summary>
    public sealed class Trained : IAsyncLifetime
    {
        internal TemporaryFolder Folder { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Done("data --write-sample faces.csv --count 210");
            const string train = "train --data faces.csv --width 0.25 --batch-size 32 --threads 2 --output . ";
            await Done(train + "--epochs 1 --name short");
            await Done(train + "--epochs 3 --name long");
            await Done(train + "--epochs 1 --scheme three --name three");
        }

        public ValueTask DisposeAsync()
        {
            Folder.Dispose();
            return ValueTask.CompletedTask;
        }

        internal async Task<(int Code, string Output, string Error)> Run(string arguments)
        {
            StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
            int code = await CommandLineProgram.RunAsync(arguments.Split(' '),
                new CommandHost(output, error) { CurrentFolder = Folder.Path }, Program.Commands, TestContext.Current.CancellationToken);
            return (code, output.ToString(), error.ToString());
        }

        private async Task Done(string arguments)
        {
            var (code, _, error) = await Run(arguments);
            Assert.True(code == ExitCode.Done, $"{arguments}: {code}\n{error}");
        }
    }
}
