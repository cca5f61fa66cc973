using System.Text.Json;
using Fer.Shell;

namespace Fer.Tests.Shell;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fer-commands").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = _folder };
        int code = await CommandLineProgram.RunAsync(arguments, host, Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_is_an_error_in_words()
    {
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(new AnswerWriter(new FullWriter()), error) { CurrentFolder = _folder };
        File.WriteAllText(Path.Combine(_folder, "faces.csv"), $"emotion,pixels,Usage\n3,{Fer.Tests.Data.FerCsv.Pixels(1)},Training\n");
        int code = await CommandLineProgram.RunAsync(
            ["data", "--data", "faces.csv", "--json"], host, Program.Commands, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("cannot be written to standard output: No space left", error.ToString());
        Assert.DoesNotContain("Unexpected", error.ToString());
    }

    private sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }

    [Theory]
    [InlineData("expermient", "experiment")]
    [InlineData("trian", "train")]
    [InlineData("evalute", "evaluate")]
    public async Task Unknown_command_names_the_nearest(string given, string nearest)
    {
        var (code, output, error) = await Run(given);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains($"'{given}'", error);
        Assert.Contains($"Did you mean '{nearest}'?", error);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("experiment", "--minuts", "5", "--minutes")]
    [InlineData("experiment", "--dta", "x.csv", "--data")]
    [InlineData("train", "--epoch", "5", "--epochs")]
    [InlineData("predict", "--modle", "m.zip", "--model")]
    [InlineData("evaluate", "--jsn", "", "--json")]
    [InlineData("bench", "--net", "vgg40", "--nets")]
    public async Task Unknown_option_names_the_nearest(string command, string option, string value, string nearest)
    {
        var (code, _, error) = await Run(command, option, value);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains($"'{option}' is not an option of 'fer {command}'", error);
        Assert.Contains($"Did you mean '{nearest}'?", error);
    }

    [Theory]
    [InlineData("exp", "experiment")]
    [InlineData("experiment --sch", "--scheme")]
    [InlineData("experiment --scheme ", "three")]
    public async Task A_shell_is_told_what_completes_a_line(string line, string completion)
    {
        var (code, output, _) = await Run($"[suggest:{line.Length}]", line);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains(completion, output.Split('\n'));
    }

    [Theory]
    [InlineData("--scheme", "sevn", "seven")]
    [InlineData("--architectures", "FerNett", "FerNet")]
    public async Task Unknown_value_names_the_nearest(string option, string value, string nearest)
    {
        var (code, _, error) = await Run("experiment", option, value);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains($"'{value}' is no value of {option}. Did you mean '{nearest}'?", error);
    }

    [Theory]
    [InlineData("0"), InlineData("-5"), InlineData("NaN"), InlineData("Infinity"), InlineData("soon"), InlineData("1,5")]
    public async Task Minutes_that_are_no_positive_number_are_refused(string minutes)
    {
        var (code, _, error) = await Run("experiment", "--minutes", minutes);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains($"'{minutes}' is no value of --minutes", error);
    }

    [Theory]
    [InlineData("train", "--epochs", "0")]
    [InlineData("train", "--epochs", "2.5")]
    [InlineData("train", "--seed", "-1")]
    [InlineData("train", "--learning-rate", "0")]
    [InlineData("train", "--label-smoothing", "1")]
    [InlineData("bench", "--batch", "0")]
    [InlineData("data", "--count", "many")]
    public async Task Number_out_of_range_is_refused_with_what_is_right(string command, string option, string value)
    {
        var (code, _, error) = await Run(command, option, value);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains($"'{value}' is no value of {option}: it takes a", error);
    }

    [Fact]
    public async Task Option_without_its_value_says_so()
    {
        var (code, _, error) = await Run("experiment", "--minutes");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("'--minutes' needs a value", error);
    }

    [Fact]
    public async Task Missing_model_file_is_a_failure_that_names_it()
    {
        var (code, _, error) = await Run("evaluate", "--model", "nowhere.zip");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("nowhere.zip", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Fact]
    public async Task No_command_at_all_lists_them()
    {
        var (code, _, error) = await Run();
        Assert.Equal(ExitCode.WrongUsage, code);
        foreach (var command in Program.Commands) Assert.Contains(command.Name, error);
    }

    [Theory]
    [InlineData("experiment"), InlineData("train"), InlineData("evaluate"), InlineData("predict"), InlineData("data"), InlineData("bench")]
    public async Task Help_of_each_command_shows_examples_that_parse(string name)
    {
        var (code, output, error) = await Run(name, "--help");
        Assert.Equal(ExitCode.Done, code);
        Assert.Empty(error);
        Assert.Contains("Examples:", output);
        var command = Program.Commands.Single(c => c.Name == name);
        Assert.NotEmpty(command.Examples);
        foreach (var (arguments, what) in command.Examples)
        {
            Assert.Contains($"fer {arguments}", output);
            Assert.Contains(what, output);
            Assert.Empty(Parse(command, arguments));
        }
    }

    private static IReadOnlyList<string> Parse(ICommand command, string arguments)
    {
        var root = new System.CommandLine.RootCommand();
        var built = new System.CommandLine.Command(command.Name);
        foreach (var option in command.Options) built.Add(option);
        foreach (var argument in command.Arguments) built.Add(argument);
        root.Add(built);
        return UsageErrors.Find(root.Parse(arguments));
    }

    [Fact]
    public async Task Classes_and_scheme_together_are_wrong_usage()
    {
        var (code, _, error) = await Run("experiment", "--scheme", "three", "--classes", "happy,sad");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("--scheme", error);
    }

    [Fact]
    public async Task Missing_data_file_is_named()
    {
        var (code, _, error) = await Run("train", "--data", "missing.csv", "--epochs", "1", "--output", _folder);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("missing.csv", error);
    }

    [Fact]
    public async Task Name_that_leaves_the_folder_is_refused()
    {
        var (code, _, error) = await Run("experiment", "--name", "../elsewhere");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("../elsewhere", error);
    }

    [Fact]
    public async Task Data_as_json_is_json_alone_on_the_output()
    {
        string csv = Path.Combine(_folder, "faces.csv");
        var (written, _, _) = await Run("data", "--write-sample", "faces.csv", "--count", "70");
        Assert.Equal(ExitCode.Done, written);
        Assert.True(File.Exists(csv));
        var (code, output, _) = await Run("data", "--data", "faces.csv", "--json");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(70, JsonDocument.Parse(output).RootElement.GetProperty("rows").GetInt32());
    }

    [Fact]
    public async Task Unexpected_error_is_one_line_with_its_type()
    {
        var error = new StringWriter { NewLine = "\n" };
        int code = await CommandLineProgram.RunAsync(["break"], new CommandHost(TextWriter.Null, error), [new BreakingCommand()],
            CancellationToken.None);
        Assert.Equal(ExitCode.Failed, code);
        string line = Assert.Single(error.ToString().TrimEnd('\n').Split('\n'));
        Assert.Contains("InvalidTimeZoneException", line);
        Assert.Contains("two lines", line);
        Assert.Contains("FER_DEBUG=1", line);
    }

    [Fact]
    public async Task Cancelled_command_ends_with_130()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        int code = await CommandLineProgram.RunAsync(["wait"], new CommandHost(TextWriter.Null, TextWriter.Null), [new WaitingCommand()],
            cancel.Token);
        Assert.Equal(ExitCode.Cancelled, code);
    }

    private sealed class BreakingCommand : ICommand
    {
        public string Name => "break";
        public string Description => "";
        public IReadOnlyList<(string Arguments, string What)> Examples => [];
        public IEnumerable<System.CommandLine.Option> Options => [];

        public Task<int> RunAsync(System.CommandLine.ParseResult result, CommandHost host, CancellationToken cancellationToken) =>
            throw new InvalidTimeZoneException("two\nlines");
    }

    private sealed class WaitingCommand : ICommand
    {
        public string Name => "wait";
        public string Description => "";
        public IReadOnlyList<(string Arguments, string What)> Examples => [];
        public IEnumerable<System.CommandLine.Option> Options => [];

        public async Task<int> RunAsync(System.CommandLine.ParseResult result, CommandHost host, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    [Fact]
    public async Task Bench_prints_ratios_to_a_peers_figures_and_each_layers_share()
    {
        string peer = Path.Combine(_folder, "peer.jsonl");
        await File.WriteAllTextAsync(peer, "{\"net\": \"vgg40\", \"mode\": \"infer\", \"dtype\": \"bf16\", \"images_per_second\": 0.001}\n",
            TestContext.Current.CancellationToken);
        var (code, output, error) = await Run("bench", "--nets", "vgg40", "--modes", "infer", "--batch", "2", "--iterations", "1",
            "--warm-up", "0", "--layers", "--compare", "peer.jsonl", "--json");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal("vgg40", JsonDocument.Parse(output).RootElement.GetProperty("net").GetString());
        Assert.Contains("images/s of bf16 in peer.jsonl", error);
        Assert.Contains("Measured peak", error);
        Assert.Contains("conv8", error);
        Assert.DoesNotContain("bn1", error);
    }

    [Fact]
    public async Task Bench_names_the_line_of_a_peers_file_that_is_no_figure()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "peer.jsonl"), "\n{\"net\": 3}\n", TestContext.Current.CancellationToken);
        var (code, _, error) = await Run("bench", "--nets", "vgg40", "--compare", "peer.jsonl");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("line 2", error);
    }
}
